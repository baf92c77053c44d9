/** Reads out of a finished form what the person on the spot is given: by the names of nodes, wherever they stand. */
import type { VisitRecord } from '../store/records';

export interface SlipFinding {
  ordinal: number;
  /** The rule, in words. */
  item: string;
  description: string;
  requirement: string;
  onSpot: boolean;
  hours: number | null;
  /** ISO; empty where none was set. */
  due: string;
}

export interface SlipSignature {
  role: 'receiver' | 'leader' | 'liaison' | 'manager' | 'other';
  file: string;
}

export interface Slip {
  findings: SlipFinding[];
  feedback: string;
  feedbackTo: string;
  signatures: SlipSignature[];
}

const ROLES: Record<string, SlipSignature['role']> = {
  sign_receiver: 'receiver',
  sign_leader: 'leader',
  sign_liaison: 'liaison',
  sign_manager: 'manager',
};

/** `rules` says what the values of `item` stand for (items.csv). */
export function readSlip(visit: VisitRecord, rules: Map<string, string>): Slip {
  const root = new DOMParser().parseFromString(visit.xml, 'application/xml');
  const signatures = [...signatureNames(visit.form.xform)].flatMap((name) => {
    const file = textOf(root, name);
    return file ? [{ role: ROLES[name] ?? ('other' as const), file }] : [];
  });
  return {
    findings: [...root.getElementsByTagName('findings')].filter(isRow).map((row, index) => finding(row, index + 1, visit, rules)),
    feedback: textOf(root, 'feedback'),
    feedbackTo: textOf(root, 'feedback_to'),
    signatures,
  };
}

/** A row of the repeat, not a group of the same name around it; and one with something in it. */
const isRow = (node: Element): boolean =>
  node.getElementsByTagName('findings').length === 0 && (node.textContent ?? '').trim() !== '';

function finding(row: Element, ordinal: number, visit: VisitRecord, rules: Map<string, string>): SlipFinding {
  const item = textOf(row, 'item') || textOf(row, 'clause');
  const hours = Number.parseInt(textOf(row, 'due_hours'), 10);
  const onSpot = textOf(row, 'on_spot') === 'yes';
  const due = Number.isFinite(hours) ? new Date(Date.parse(visit.ended) + hours * 3600_000).toISOString() : textOf(row, 'due');
  return {
    ordinal,
    item: rules.get(item) ?? item,
    description: textOf(row, 'description'),
    requirement: textOf(row, 'requirement'),
    onSpot,
    hours: !onSpot && Number.isFinite(hours) ? hours : null,
    due: onSpot ? '' : due,
  };
}

function textOf(within: Document | Element, name: string): string {
  return within.getElementsByTagName(name)[0]?.textContent?.trim() ?? '';
}

/** The four that offices ask for, and every picture that the form wants signed. */
function signatureNames(xform: string): Set<string> {
  const names = new Set(Object.keys(ROLES));
  const form = new DOMParser().parseFromString(xform, 'application/xml');
  for (const upload of form.getElementsByTagName('upload')) {
    if (!/\bsignature\b/.test(upload.getAttribute('appearance') ?? '')) continue;
    const name = upload.getAttribute('ref')?.split('/').pop();
    if (name) names.add(name);
  }
  return names;
}
