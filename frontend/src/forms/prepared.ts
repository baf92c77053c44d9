/**
 * The XForm before the engine reads it. What it means stays the same; four things change:
 *
 * 1. Given values are put into the primary instance. A node without a control (`hidden`) takes no value from outside
 *    once the form runs, and what is calculated from these values is right from the start.
 * 2. Choices that never change are written into their question. The engine computes every choice of every itemset by
 *    XPath and keeps watching it: 200 questions of pass, fail and not applicable took twice as long to open.
 * 3. A question that chooses from a whole list of hundreds becomes one that takes text, and the pages offer the list.
 *    Every finding would else bring its own three hundred watched choices: a quarter of a second each on a slow phone.
 * 4. Labels and hints are written out in the language that is spoken. Each would else be an expression of its own that
 *    the engine parses, computes and watches, for a change of language that never comes while a form is open.
 */
import { readCsv } from './csv';
import type { Option } from './nodes';
import { texts, writeOut } from './translated';

const XFORMS = 'http://www.w3.org/2002/xforms';
const PLAIN_ITEMSET = /^instance\('([^']+)'\)\/root\/item$/;

export interface Prepared {
  xform: string;
  /** Choices by the path of the question that takes one of them. */
  lists: Map<string, readonly Option[]>;
}

export function prepared(xform: string, given: Record<string, string>, media: Record<string, string>, language: 'zh' | 'en'): Prepared {
  const form = new DOMParser().parseFromString(xform, 'application/xml');
  const lists = new Map<string, readonly Option[]>();
  // What is no XML is the engine's to refuse.
  if (form.getElementsByTagName('parsererror').length > 0) return { xform, lists };
  giveValues(form, given);
  const said = texts(form, language);
  const known = new Map<string, readonly Option[]>();
  const instances = new Map([...form.getElementsByTagNameNS(XFORMS, 'instance')].map((one) => [one.id, one]));
  for (const itemset of [...form.getElementsByTagNameNS(XFORMS, 'itemset')]) {
    const id = PLAIN_ITEMSET.exec(itemset.getAttribute('nodeset') ?? '')?.[1];
    const instance = id && instances.get(id);
    if (!instance) continue;
    const source = instance.getAttribute('src');
    if (!source) writeChoices(itemset, instance, said);
    else if (source.endsWith('.csv') && !xform.includes('jr:choice-name')) takeList(itemset, source, media, known, lists);
  }
  return { xform: writeOut(form, said), lists };
}

function giveValues(form: Document, given: Record<string, string>): void {
  const instance = form.getElementsByTagNameNS(XFORMS, 'instance')[0]?.firstElementChild;
  for (const [name, value] of Object.entries(given)) {
    if (value === '') continue;
    for (const node of instance?.getElementsByTagName(name) ?? []) {
      if (node.childElementCount === 0) node.textContent = value;
    }
  }
}

/** `ref` attributes of an itemset's `<value>` and `<label>`. */
function refs(itemset: Element): { value: string; label: string } {
  const ref = (name: string) => itemset.getElementsByTagNameNS(XFORMS, name)[0]?.getAttribute('ref') ?? '';
  return { value: ref('value'), label: ref('label') };
}

function writeChoices(itemset: Element, instance: Element, said: ReadonlyMap<string, string>): void {
  const { value, label } = refs(itemset);
  const translated = /^jr:itext\((\w+)\)$/.exec(label)?.[1];
  const make = (name: string) => itemset.ownerDocument.createElementNS(XFORMS, name);
  const items: Element[] = [];
  for (const row of instance.firstElementChild?.children ?? []) {
    const cell = (name: string) => [...row.children].find((child) => child.localName === name)?.textContent ?? '';
    const item = make('item');
    const words = item.appendChild(make('label'));
    const text = translated ? said.get(cell(translated)) : cell(label);
    if (text === undefined) words.setAttribute('ref', `jr:itext('${cell(translated ?? '')}')`);
    else words.textContent = text;
    item.appendChild(make('value')).textContent = cell(value);
    items.push(item);
  }
  itemset.replaceWith(...items);
}

function takeList(
  itemset: Element,
  source: string,
  media: Record<string, string>,
  known: Map<string, readonly Option[]>,
  lists: Map<string, readonly Option[]>,
): void {
  const question = itemset.parentElement;
  const path = question?.getAttribute('ref');
  const { value, label } = refs(itemset);
  const text = media[source.split('/').pop() ?? ''];
  // Only one of a list, and only by plain columns: everything else stays the engine's.
  if (question?.localName !== 'select1' || !path || text === undefined || !/^\w+$/.test(value + label)) return;
  const key = [source, value, label].join(' ');
  if (!known.has(key)) known.set(key, readCsv(text).map((row) => ({ value: row[value] ?? '', label: row[label] ?? '', note: noteOf(row) })));
  lists.set(path, known.get(key) ?? []);
  const input = itemset.ownerDocument.createElementNS(XFORMS, 'input');
  for (const attribute of question.attributes) input.setAttribute(attribute.name, attribute.value);
  itemset.remove();
  input.append(...question.childNodes);
  question.replaceWith(input);
}

/** The columns of our own lists that people know a row by; codes are for machines. */
function noteOf(row: Record<string, string>): string {
  return [row.catalogue, row.township, row.address].filter(Boolean).join(' · ');
}
