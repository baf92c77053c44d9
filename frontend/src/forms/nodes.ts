/** What a form is made of, as the pages see it: nothing here knows the engine. */

export type Kind =
  | 'judge'
  | 'select'
  | 'selectMany'
  | 'rank'
  | 'text'
  | 'integer'
  | 'decimal'
  | 'date'
  | 'time'
  | 'dateTime'
  | 'geopoint'
  | 'image'
  | 'signature'
  | 'audio'
  | 'video'
  | 'file'
  | 'trigger'
  | 'note'
  | 'hidden';

export interface Option {
  value: string;
  label: string;
  /** What tells it from others of the same label: a rule's catalogue, a site's address. */
  note?: string;
}

/** Why a value may not stand: `words` are the form's own, or empty. */
export interface Problem {
  kind: 'required' | 'constraint';
  words: string;
}

interface Node {
  /** Unique on the page. */
  readonly id: string;
  /** The node's name in the form. */
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  /** Whether it is asked as things stand (`relevant`). */
  readonly shown: boolean;
  readonly appearances: readonly string[];
}

export interface Group extends Node {
  readonly kind: 'group';
  readonly children: readonly FormNode[];
}

/** One of a repeat's instances. */
export interface Row extends Node {
  readonly kind: 'row';
  readonly children: readonly FormNode[];
}

export interface Repeat extends Node {
  readonly kind: 'repeat';
  readonly rows: readonly Row[];
  /** The form counts the rows itself: none are added or removed by hand. */
  readonly counted: boolean;
  /** A yes or no that lets rows be written at all. It follows the rows, so that nobody has to answer it. */
  gate: Question | null;
  add(): void;
  remove(row: Row): void;
}

/** A question. Values are text as the XML holds them; '' is no answer; several choices are parted by spaces. */
export interface Question extends Node {
  readonly kind: Kind;
  readonly value: string;
  readonly required: boolean;
  readonly readonly: boolean;
  readonly problem: Problem | null;
  readonly options: readonly Option[];
  /** What a file question takes, as in `<input accept>`. */
  readonly accept: string;
  /** The longer side of a picture, where the form limits it; else 0. */
  readonly maxPixels: number;
  /** Sets the value; for a file question, the name under which the attachment is stored. */
  set(value: string): void;
}

export type FormNode = Group | Repeat | Question;
export type AnyNode = FormNode | Row;

export function isQuestion(node: AnyNode): node is Question {
  return node.kind !== 'group' && node.kind !== 'repeat' && node.kind !== 'row';
}

export const FILE_KINDS: ReadonlySet<string> = new Set<Kind>(['image', 'signature', 'audio', 'video', 'file']);

/** Whether it counts as something to answer. */
export function isAsked(node: Question): boolean {
  return node.kind !== 'note' && node.kind !== 'hidden' && !node.readonly;
}

export function childrenOf(node: AnyNode): readonly AnyNode[] {
  if (node.kind === 'repeat') return node.rows;
  return node.kind === 'group' || node.kind === 'row' ? node.children : [];
}

/** Every question that is shown, in the order of the form. */
export function* questions(nodes: Iterable<AnyNode>): Generator<Question> {
  for (const node of nodes) {
    if (!node.shown) continue;
    if (isQuestion(node)) yield node;
    else yield* questions(childrenOf(node));
  }
}
