/** While a visit is unseen, neither the screen's light nor its title may tell what is going on. */
import { readonly, ref } from 'vue';
import { say } from '../words';

const hidden = ref(false);
export const unseen = readonly(hidden);

export function beUnseen(): void {
  hidden.value = true;
  document.documentElement.classList.add('covert');
  document.title = say('notes.title');
}

export function beSeen(): void {
  if (!hidden.value) return;
  hidden.value = false;
  document.documentElement.classList.remove('covert');
  document.title = say('app.title');
}
