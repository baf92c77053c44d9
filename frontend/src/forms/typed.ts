/** Text that is typed into the page and handed to the form when the typing rests, or when the page goes away. */
import { ref, watch } from 'vue';
import { afterRest, settle } from './later';
import type { Question } from './nodes';

const REST = 300;

/**
 * `text` is what stands in the box. `accept` turns it into a value, or says why it cannot: then the form holds no
 * answer, since the old one is not what the person sees.
 */
export function useTyped(question: Question, shown: (value: string) => string, accept: (text: string) => { value: string } | { wrong: string }) {
  const text = ref(shown(question.value));
  const wrong = ref('');
  let typing = false;

  function commit(): void {
    const result = accept(text.value);
    wrong.value = 'wrong' in result ? result.wrong : '';
    question.set('value' in result ? result.value : '');
  }

  function type(event: Event): void {
    typing = true;
    text.value = (event.target as HTMLInputElement).value;
    // What was said to be wrong while it was half typed is looked at again only when the typing rests.
    wrong.value = '';
    afterRest(question, commit, REST);
  }

  /** Leaving the box: what was typed is taken, and shown as the form took it. */
  function leave(): void {
    if (!typing) return;
    settle();
    typing = false;
    if (!wrong.value) text.value = shown(question.value);
  }

  watch(
    () => question.value,
    (value) => {
      if (!typing && !wrong.value) text.value = shown(value);
    },
  );
  return { text, wrong, type, leave };
}
