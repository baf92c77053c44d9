/** The form's own words in the language that is spoken. */

const XFORMS = 'http://www.w3.org/2002/xforms';
const JAVAROSA = 'http://openrosa.org/javarosa';
const CALL = /^jr:itext\('([^']+)'\)$/;

/** Whether a translation of this name (`中文 (zh)`, `English`) is in the language wanted. */
export function isIn(language: 'zh' | 'en', name: string, locale?: string): boolean {
  const words = language === 'zh' ? /中文|汉语|chinese|\bzh\b/i : /english|英文|英语|\ben\b/i;
  return locale === language || words.test(name);
}

/** Texts by id: those that are nothing but text. One with pictures, sounds or answers in it stays the engine's. */
export function texts(form: Document, language: 'zh' | 'en'): Map<string, string> {
  const all = [...form.getElementsByTagNameNS(XFORMS, 'translation')];
  const chosen = all.find((one) => isIn(language, one.getAttribute('lang') ?? '')) ?? all.find((one) => one.hasAttribute('default')) ?? all[0];
  const found = new Map<string, string>();
  for (const text of chosen?.children ?? []) {
    const [value] = text.children;
    const plain = value && text.childElementCount === 1 && value.childElementCount === 0 && !value.hasAttribute('form');
    if (plain) found.set(text.id, value.textContent ?? '');
  }
  return found;
}

/** The form as text, its words written out; the translations go where nothing asks for them any more. */
export function writeOut(form: Document, said: ReadonlyMap<string, string>): string {
  for (const element of form.querySelectorAll('label[ref], hint[ref]')) {
    const text = said.get(CALL.exec(element.getAttribute('ref') ?? '')?.[1] ?? '');
    if (text === undefined) continue;
    element.removeAttribute('ref');
    element.textContent = text;
  }
  for (const bind of form.getElementsByTagNameNS(XFORMS, 'bind')) {
    for (const name of ['constraintMsg', 'requiredMsg']) {
      const text = said.get(CALL.exec(bind.getAttributeNS(JAVAROSA, name) ?? '')?.[1] ?? '');
      if (text !== undefined) bind.setAttributeNS(JAVAROSA, `jr:${name}`, text);
    }
  }
  const itext = form.getElementsByTagNameNS(XFORMS, 'itext')[0];
  const place = itext?.parentNode;
  itext?.remove();
  const without = new XMLSerializer().serializeToString(form);
  if (!itext || !without.includes('jr:itext(')) return without;
  place?.insertBefore(itext, place.firstChild);
  return new XMLSerializer().serializeToString(form);
}
