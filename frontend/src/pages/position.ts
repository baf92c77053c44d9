/** Where a visit begins and ends; null where the phone does not know or may not say. */
import { asGeopoint, follow } from '../media/position';
import type { Position } from '../store/records';

/** The best position within `patience` milliseconds. Never rejects. */
export function locate(patience: number): Promise<Position | null> {
  return new Promise((resolve) => {
    let best: Position | null = null;
    const stop = follow(
      (fix) => (best = { ...fix, at: new Date().toISOString() }),
      () => resolve(best),
    );
    setTimeout(stop, patience);
  });
}

export const geopoint = (where: Position | null): string => (where ? asGeopoint(where) : '');
