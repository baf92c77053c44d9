/** Saves a visit at every change: one writing at a time, the youngest state last, and a failure that stays in sight. */
import { ref } from 'vue';
import type { VisitRecord } from '../store/records';
import { sealVisit, saveSnapshot } from '../store/visits';
import type { Snapshot } from '../types';
import { failureOf } from './failures';

/** `visit` gives the record as the page was opened with. */
export function useSaving(visit: () => VisitRecord) {
  const failure = ref('');
  let waiting: Snapshot | null = null;
  let sealing: Snapshot | null = null;
  let under: Promise<void> = Promise.resolve();

  async function work(): Promise<void> {
    try {
      while (waiting) {
        const snapshot = waiting;
        waiting = null;
        await saveSnapshot(visit(), snapshot).catch((error: unknown) => {
          // Still the youngest, unless another came meanwhile: the next attempt writes it.
          waiting ??= snapshot;
          throw error;
        });
      }
      if (sealing) await sealVisit(visit(), sealing);
      failure.value = '';
    } catch (error) {
      failure.value = failureOf(error);
    }
  }

  function again(): Promise<void> {
    under = under.then(work);
    return under;
  }

  return {
    /** One sentence while the last change is not stored; the page still holds it. */
    failure,
    again,
    save(snapshot: Snapshot): Promise<void> {
      waiting = snapshot;
      return again();
    },
    /** Resolves true when the visit lies in the outbox. */
    async seal(snapshot: Snapshot): Promise<boolean> {
      waiting = null;
      sealing = snapshot;
      await again();
      return failure.value === '';
    },
  };
}
