/** How much room the phone has left, and whether the browser promises not to tidy our data away. */

export interface Space {
  used: number;
  quota: number;
  /** The browser has promised to keep the data when it needs room. */
  kept: boolean;
  nearlyFull: boolean;
}

const FULL = 'mingcha.full';

/** Browsers tell everybody the same large quota; that a writing failed for want of room is the surer sign. */
export function wasFull(): void {
  localStorage.setItem(FULL, 'yes');
}

export function hadRoom(): void {
  localStorage.removeItem(FULL);
}

/** A day's photographs: three dozen of them at a few hundred kilobytes. */
const ENOUGH = 30 * 1024 * 1024;

/** Asks once for storage that is not cleared behind our back. Browsers decide by themselves; asking again is free. */
export async function askToKeep(): Promise<boolean> {
  try {
    return (await navigator.storage?.persist?.()) ?? false;
  } catch {
    return false;
  }
}

/** Undefined where the browser does not say. */
export async function space(): Promise<Space | undefined> {
  try {
    const estimate = await navigator.storage?.estimate?.();
    if (estimate?.quota === undefined || estimate.usage === undefined) return undefined;
    const kept = (await navigator.storage.persisted?.()) ?? false;
    const nearlyFull = localStorage.getItem(FULL) !== null || estimate.quota - estimate.usage < ENOUGH;
    return { used: estimate.usage, quota: estimate.quota, kept, nearlyFull };
  } catch {
    return undefined;
  }
}
