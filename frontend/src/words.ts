/**
 * Every word of the app, Chinese first. `say('key', {name: value})` fills `{name}`.
 *
 * The page says which language it is in (`<html lang>`). Django wrote it once, into a page that may since lie in the
 * worker's cache, so what the person chose here is remembered beside it. The words are kept in parts, one beside
 * what uses it, so that two people can add to them: `words/forms.ts`, `words/pages.ts`.
 */
import { forms } from './words/forms';
import { pages } from './words/pages';

const phrases = { ...pages, ...forms };
export type Phrase = keyof typeof phrases;

export function language(): 'zh' | 'en' {
  return document.documentElement.lang.startsWith('en') ? 'en' : 'zh';
}

const CHOSEN = 'mingcha.language';

/** Before anything is drawn: the language the person chose on this phone. */
export function rememberLanguage(): void {
  const chosen = localStorage.getItem(CHOSEN);
  if (chosen) document.documentElement.lang = chosen;
}

/** Chooses a language; the page is drawn anew, since its words are not watched for changes. */
export function chooseLanguage(code: 'zh-hans' | 'en'): void {
  localStorage.setItem(CHOSEN, code);
  location.reload();
}

export function say(key: Phrase, facts: Record<string, string | number> = {}): string {
  const [chinese, english] = phrases[key];
  const text = language() === 'en' ? english : chinese;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));
}
