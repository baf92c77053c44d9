/** What a finished visit says, question by question, read from its own form: for looking at, not for changing. */
import { readCsv } from '../forms/csv';
import { plain } from '../forms/plain';
import { language } from '../words';

export interface Answer {
  question: string;
  value: string;
  /** The file behind it, where the answer is one. */
  isFile: boolean;
}

const CONTROLS = 'input, select, select1, upload, trigger, range, odk\\:rank';
const NS = 'http://www.w3.org/2002/xforms';

/** Answers in the order of the form; repeats follow each other. `media` are the package's lists. */
export function readAnswers(xml: string, xform: string, media: Record<string, string>): Answer[] {
  const parser = new DOMParser();
  const form = parser.parseFromString(xform, 'application/xml');
  const root = parser.parseFromString(xml, 'application/xml').documentElement;
  const words = wordsOf(form);
  const controls = new Map<string, Element>();
  for (const control of form.querySelectorAll(CONTROLS)) controls.set(control.getAttribute('ref') ?? '', control);
  const answers: Answer[] = [];
  const walk = (node: Element, path: string): void => {
    const control = controls.get(path);
    const text = node.textContent?.trim() ?? '';
    if (control && text) {
      const value = control.localName.startsWith('select') ? chosen(text, control, form, words, media) : text;
      answers.push({ question: labelOf(control, words) || node.localName, value, isFile: control.localName === 'upload' });
    }
    for (const child of node.children) walk(child, `${path}/${child.localName}`);
  };
  walk(root, `/${root.localName}`);
  return answers;
}

type Words = Map<string, string>;

/** The form's texts in the language of the app, else in its own first one. */
function wordsOf(form: Document): Words {
  const spoken = [...form.getElementsByTagNameNS(NS, 'translation')];
  const wanted = language() === 'en' ? /english|\ben\b/i : /中文|chinese|\bzh\b/i;
  const translation = spoken.find((one) => wanted.test(one.getAttribute('lang') ?? '')) ?? spoken[0];
  const words: Words = new Map();
  for (const text of translation?.getElementsByTagNameNS(NS, 'text') ?? []) {
    words.set(text.getAttribute('id') ?? '', [...text.children].find((one) => !one.hasAttribute('form'))?.textContent ?? '');
  }
  return words;
}

function labelOf(node: Element, words: Words): string {
  const label = [...node.children].find((child) => child.localName === 'label');
  const id = /jr:itext\('([^']+)'\)/.exec(label?.getAttribute('ref') ?? '')?.[1];
  return plain((id === undefined ? label?.textContent : words.get(id)) ?? '').trim();
}

/** What was chosen, by its labels; a value whose label is not found stands for itself. */
function chosen(text: string, control: Element, form: Document, words: Words, media: Record<string, string>): string {
  const labels = new Map<string, string>();
  for (const item of control.querySelectorAll('item')) {
    labels.set(item.querySelector('value')?.textContent?.trim() ?? '', labelOf(item, words));
  }
  const list = /instance\('([^']+)'\)/.exec(control.querySelector('itemset')?.getAttribute('nodeset') ?? '')?.[1];
  const instance = [...form.getElementsByTagNameNS(NS, 'instance')].find((one) => one.id === list || one.getAttribute('id') === list);
  const file = instance?.getAttribute('src')?.split('/').pop();
  for (const row of file ? readCsv(media[file] ?? '') : []) labels.set(row.name ?? '', row.label ?? '');
  for (const item of instance?.querySelectorAll('item') ?? []) {
    const part = (name: string): string => [...item.children].find((child) => child.localName === name)?.textContent?.trim() ?? '';
    labels.set(part('name'), words.get(part('itextId')) ?? part('label'));
  }
  const values = control.localName === 'select' ? text.split(/\s+/) : [text];
  return values.map((value) => labels.get(value) || value).join('、');
}
