/** A router by the part of the address after `#`: it works offline and asks the server for nothing. */
import { readonly, ref } from 'vue';

export interface Route {
  /** The page's name: the first part of `#/name/…`. */
  name: string;
  /** What follows, decoded. */
  parts: string[];
}

/** An address typed by hand may hold anything; what cannot be decoded stays as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function parse(hash: string): Route {
  const [name = '', ...parts] = hash.replace(/^#\/?/, '').split('/').map(decoded);
  return { name: name || 'home', parts };
}

const current = ref<Route>(parse(location.hash));
window.addEventListener('hashchange', () => {
  current.value = parse(location.hash);
});

export const route = readonly(current);

export function href(name: string, ...parts: (string | number)[]): string {
  return '#/' + [name, ...parts].map((part) => encodeURIComponent(String(part))).join('/');
}

export function go(name: string, ...parts: (string | number)[]): void {
  location.hash = href(name, ...parts);
}

/** Goes on without a way back to where one was. */
export function replace(name: string, ...parts: (string | number)[]): void {
  location.replace(href(name, ...parts));
}
