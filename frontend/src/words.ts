/**
 * Every word of the app, Chinese first. `say('key', {name: value})` fills `{name}`.
 *
 * The page says which language it is in (`<html lang>`), as Django chose it. The words are kept in parts, one beside
 * what uses it, so that two people can add to them: `words/forms.ts`, `words/pages.ts`.
 */
import { forms } from './words/forms';
import { pages } from './words/pages';

const phrases = { ...pages, ...forms };
export type Phrase = keyof typeof phrases;

export function language(): 'zh' | 'en' {
  return document.documentElement.lang.startsWith('en') ? 'en' : 'zh';
}

export function say(key: Phrase, facts: Record<string, string | number> = {}): string {
  const [chinese, english] = phrases[key];
  const text = language() === 'en' ? english : chinese;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));
}
