/** A form by itself, for whoever works on it: `?form=NAME` (an XForm beside it), `&covert`, `&lang=en`, `&media=a.csv,b.csv`. */
import { createApp, defineComponent, h, ref } from 'vue';
import FormPage from './forms/FormPage.vue';
import { FormRuntime } from './forms/runtime';
import { StorageFull, type AttachmentStore, type Draft, type Package, type Snapshot } from './types';
import './app.css';
import './pages/pages.css';

const asked = new URLSearchParams(location.search);
const folder = asked.get('folder') ?? '/static/field/app/sample/';
const text = async (name: string): Promise<string> => {
  const answer = await fetch(folder + name);
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return answer.text();
};

/** Keeps attachments as long as the page is open. `&full` has no room for any. */
function inMemory(): AttachmentStore {
  const files = new Map<string, Blob>();
  return {
    async put(name, blob) {
      if (asked.has('full')) throw new StorageFull();
      if (files.has(name)) throw new Error(`${name} is taken`);
      files.set(name, blob);
      const hash = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
      return { name, size: blob.size, sha256: [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('') };
    },
    get: async (name) => files.get(name),
    has: async (name) => files.has(name),
  };
}

document.documentElement.lang = asked.get('lang') === 'en' ? 'en' : 'zh-hans';
if (asked.has('covert')) document.documentElement.classList.add('covert');
if (asked.has('warm')) await FormRuntime.warm();

const media = asked.get('media')?.split(',') ?? ['items.csv', 'bodies.csv', 'sites.csv'];
const form = { form_id: 'dev', version: '1', title: asked.get('title') ?? '超市、餐饮单位检查表', sha256: '', xform: await text(`${asked.get('form') ?? 'form'}.xml`) };
const contents: Package = {
  version: 1,
  outing: { id: 1, team: '第一组', campaign: '演示', day: '2021-10-27', office: '岷县督查办', state: 'out', emergency: false, stop_by_stop: false },
  person: { name: '李明', username: 'inspector' },
  taken_at: '2021-10-27T08:00:00+08:00',
  stops: [],
  forms: { dev: form },
  general: [],
  media: Object.fromEntries(await Promise.all(media.map(async (name) => [name, await text(name)] as const))),
  recording: { covert_audio: asked.has('voice'), basis: '演示用', until: null },
};
const attachments = inMemory();

const Bench = defineComponent(() => {
  const draft = ref<Draft>({ id: 'dev', siteCode: 'S0001', siteName: '十里镇新华超市', mode: asked.has('covert') ? 'covert' : 'overt', xml: '', instanceID: '' });
  const shown = ref(0);
  const last = ref<Snapshot | null>(null);
  const tell = (name: string, snapshot: Snapshot | null): void => {
    last.value = snapshot;
    document.body.dataset[name] = String(Number(document.body.dataset[name] ?? 0) + 1);
    Object.assign(window, { last: snapshot, [name]: snapshot, files: attachments });
  };
  /** As after a reload: the form comes back from its last snapshot. */
  const reopen = (): void => {
    draft.value = { ...draft.value, xml: last.value?.xml ?? '', instanceID: last.value?.instanceID ?? '' };
    shown.value += 1;
  };
  Object.assign(window, { reopen });
  return () =>
    h(FormPage, {
      key: shown.value,
      draft: draft.value,
      package: contents,
      form,
      attachments,
      position: '34.438000 104.036000 0 12.0',
      onChanged: (snapshot: Snapshot) => tell('changed', snapshot),
      onFinalised: (snapshot: Snapshot) => tell('finalised', snapshot),
      onLeft: () => tell('left', last.value),
      onHidden: () => tell('hidden', last.value),
    });
});

performance.mark('open');
createApp(Bench).mount('#app');
