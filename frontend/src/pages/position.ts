/** Where the phone is, as well as it knows within a while; null where it does not know or may not say. */
import type { Position } from '../store/records';

const GOOD_ENOUGH = 20;

/** Waits for a fix of 20 m, at most `patience` milliseconds; then takes the best there was. Never rejects. */
export function locate(patience: number): Promise<Position | null> {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    let best: Position | null = null;
    const finish = (): void => {
      navigator.geolocation.clearWatch(watch);
      clearTimeout(timer);
      resolve(best);
    };
    const timer = setTimeout(finish, patience);
    const watch = navigator.geolocation.watchPosition(
      ({ coords, timestamp }) => {
        const { latitude, longitude, accuracy } = coords;
        if (!best || accuracy < best.accuracy) best = { latitude, longitude, accuracy, at: new Date(timestamp).toISOString() };
        if (accuracy <= GOOD_ENOUGH) finish();
      },
      (error) => {
        // Only a refusal is final; under a roof the next attempt may succeed.
        if (error.code === error.PERMISSION_DENIED) finish();
      },
      { enableHighAccuracy: true, maximumAge: 30_000, timeout: patience },
    );
  });
}

/** As a form's geopoint: latitude, longitude, altitude (unknown), accuracy. */
export const geopoint = (where: Position | null): string =>
  where ? `${where.latitude.toFixed(6)} ${where.longitude.toFixed(6)} 0 ${where.accuracy.toFixed(1)}` : '';
