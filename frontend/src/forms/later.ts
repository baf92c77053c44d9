/**
 * Work that may wait a moment: until the tap has been painted, since a sum over six hundred answers takes a slow phone
 * longer than a thumb notices; or until the typing rests. Nothing waits once the page goes away.
 */
const waiting = new Map<unknown, () => void>();

/** Does `task` after the next paint; a later task under the same key replaces it. */
export function afterPaint(key: unknown, task: () => void): void {
  waiting.set(key, task);
  requestAnimationFrame(() => setTimeout(() => run(key, task)));
}

/** Does `task` once `key` has had no new one for `milliseconds`. */
export function afterRest(key: unknown, task: () => void, milliseconds: number): void {
  waiting.set(key, task);
  setTimeout(() => run(key, task), milliseconds);
}

function run(key: unknown, task: () => void): void {
  if (waiting.get(key) !== task) return;
  waiting.delete(key);
  task();
}

/** Does at once whatever waits, and what that brings about; called before the form is read. */
export function settle(): void {
  while (waiting.size > 0) {
    for (const [key, task] of [...waiting]) run(key, task);
  }
}

document.addEventListener('visibilitychange', settle);
window.addEventListener('pagehide', settle);
