/**
 * Getting a package onto the phone.
 *
 * 1. Opening the seal (only the first time), which is on record.
 * 2. A token for this phone, so that no visit waits for a session later.
 * 3. The package itself, each form proved whole.
 * 4. Room: asked to be kept, and enough of it.
 * 5. The app's own files: the page that shows this may have been loaded before the worker stood ready.
 */
import { ref } from 'vue';
import { keepPackage } from '../store/packages';
import { askToKeep } from '../store/space';
import { canKeepApp, completeCache } from '../sw/worker';
import { fetchPackage, openList } from '../sync/api';
import { confirmPerson, enrol, refreshMe, username } from '../sync/session';
import { failureOf } from './failures';

export type Step = 'open' | 'enrol' | 'fetch' | 'keep' | 'offline';

export interface Download {
  /** The outing, once it is known. */
  outing: string;
  step: Step | 'done' | '';
  bytes: number;
  /** One sentence, when a step has failed; the steps before it stand. */
  failure: string;
  /** False when this browser cannot open the app without a line. */
  opensOffline: boolean;
  /** False when the browser may clear our data while the phone is short of room. */
  kept: boolean;
}

export function useDownload(list: string, outing: string) {
  const download = ref<Download>({ outing, step: '', bytes: 0, failure: '', opensOffline: true, kept: true });

  async function run(): Promise<void> {
    const now = download.value;
    now.failure = '';
    try {
      if (!now.outing) {
        now.step = 'open';
        await confirmPerson();
        now.outing = String((await openList(list)).outing);
      }
      now.step = 'enrol';
      await enrol();
      now.step = 'fetch';
      const contents = await fetchPackage(now.outing, (bytes) => (now.bytes = bytes));
      now.step = 'keep';
      await keepPackage(username.value, contents);
      now.kept = await askToKeep();
      now.step = 'offline';
      now.opensOffline = import.meta.env.DEV || (canKeepApp && (await completeCache()));
      now.step = 'done';
    } catch (error) {
      now.failure = failureOf(error);
    } finally {
      // The list has become an outing, whether or not its package came through.
      void refreshMe();
    }
  }

  return { download, run };
}
