/** Where the phone is, with how well it knows. Nothing is asked before somebody asks for it. */

export interface Fix {
  latitude: number;
  longitude: number;
  altitude: number | null;
  /** Metres. */
  accuracy: number;
}

export type PositionTrouble = 'none' | 'refused' | 'failed';

const GOOD_ENOUGH = 15;
const PATIENCE = 30_000;
/** A fix so old may be from the last village. */
const STALE = 120_000;

let last: { fix: Fix; at: number } | null = null;

/** The last position that is fresh enough to be burned into a picture. */
export function lastFix(): Fix | null {
  return last && Date.now() - last.at < STALE ? last.fix : null;
}

export const canLocate = (): boolean => 'geolocation' in navigator;

/**
 * Follows the position until it is good enough or time is up. `better` is told each better fix, `ended` once, with
 * what kept it from finding any. Returns what stops it.
 */
export function follow(better: (fix: Fix) => void, ended: (trouble: PositionTrouble | null) => void): () => void {
  if (!canLocate()) {
    ended('none');
    return () => undefined;
  }
  let best: Fix | null = null;
  let over = false;
  const end = (trouble: PositionTrouble | null): void => {
    if (over) return;
    over = true;
    navigator.geolocation.clearWatch(watch);
    clearTimeout(timer);
    ended(best ? null : trouble);
  };
  const timer = setTimeout(() => end('failed'), PATIENCE);
  const watch = navigator.geolocation.watchPosition(
    ({ coords: { latitude, longitude, altitude, accuracy } }) => {
      if (best && best.accuracy <= accuracy) return;
      best = { latitude, longitude, altitude, accuracy };
      last = { fix: best, at: Date.now() };
      better(best);
      if (accuracy <= GOOD_ENOUGH) end(null);
    },
    (error) => {
      // Under a roof the next attempt may succeed; a refusal is final.
      if (error.code === error.PERMISSION_DENIED) end('refused');
    },
    { enableHighAccuracy: true, maximumAge: 10_000, timeout: PATIENCE },
  );
  return () => end(null);
}

/** Freshens the last position in the background, where that needs no question to the person. */
export async function freshen(): Promise<void> {
  if (!canLocate() || lastFix() || !navigator.permissions) return;
  try {
    const { state } = await navigator.permissions.query({ name: 'geolocation' });
    if (state === 'granted') follow(() => undefined, () => undefined);
  } catch {
    // A browser that does not know this permission will be asked by the button.
  }
}

/** As a form's geopoint: latitude, longitude, altitude, accuracy. */
export function asGeopoint({ latitude, longitude, altitude, accuracy }: Fix): string {
  return `${latitude.toFixed(6)} ${longitude.toFixed(6)} ${(altitude ?? 0).toFixed(1)} ${accuracy.toFixed(1)}`;
}

export function fromGeopoint(value: string): Fix | null {
  const [latitude, longitude, altitude, accuracy] = value.split(' ').map(Number);
  if (latitude === undefined || longitude === undefined || Number.isNaN(latitude + longitude)) return null;
  return { latitude, longitude, altitude: altitude ?? 0, accuracy: accuracy ?? 0 };
}
