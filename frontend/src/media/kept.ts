/** An attachment's bytes as an address the page can show, given back when they are not shown any more. */
import { onBeforeUnmount, ref, watch, type Ref } from 'vue';
import type { AttachmentStore } from '../types';

export interface Kept {
  url: Ref<string>;
  missing: Ref<boolean>;
}

export function useKept(attachments: AttachmentStore, name: () => string): Kept {
  const url = ref('');
  const missing = ref(false);
  const release = (): void => {
    if (url.value) URL.revokeObjectURL(url.value);
    url.value = '';
  };
  watch(
    name,
    async (wanted) => {
      release();
      missing.value = false;
      if (!wanted) return;
      const blob = await attachments.get(wanted).catch(() => undefined);
      if (wanted !== name()) return;
      if (blob) url.value = URL.createObjectURL(blob);
      else missing.value = true;
    },
    { immediate: true },
  );
  onBeforeUnmount(release);
  return { url, missing };
}
