/** Keeps an attachment and tells the form its name; says in plain words why it could not. */
import { ref } from 'vue';
import type { AttachmentStore } from '../types';
import { StorageFull } from '../types';
import type { Phrase } from '../words';

export function useKeeping(attachments: AttachmentStore) {
  const busy = ref(false);
  const trouble = ref<Phrase | ''>('');

  /** Whether it is kept. The form learns the name only after the bytes lie safely. */
  async function keep(name: string, blob: Blob, kept: (name: string) => void): Promise<boolean> {
    busy.value = true;
    trouble.value = '';
    try {
      await attachments.put(name, blob);
      kept(name);
      return true;
    } catch (error) {
      trouble.value = error instanceof StorageFull || (error as Error).name === 'QuotaExceededError' ? 'form.store_full' : 'form.not_stored';
      return false;
    } finally {
      busy.value = false;
    }
  }

  return { busy, trouble, keep };
}
