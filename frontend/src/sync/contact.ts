/** When the server was last heard, so that a page can say since when there is no line. */
import { readonly, ref } from 'vue';

const KEY = 'mingcha.contact';

// Not in the database: it is read before anything else, and nothing is lost with it.
const heard = ref(Number(localStorage.getItem(KEY) ?? 0));
const reachable = ref(navigator.onLine);

export const lastContact = readonly(heard);
export const online = readonly(reachable);

export function contacted(): void {
  heard.value = Date.now();
  reachable.value = true;
  localStorage.setItem(KEY, String(heard.value));
}

export function silent(): void {
  reachable.value = false;
}

window.addEventListener('offline', silent);
