/** The lines burned into a picture: when, where, who. */
import { OFFICE } from '../pages/parts/times';
import { say } from '../words';
import { lastFix } from './position';

export interface MarkFacts {
  site: string;
  inspector: string;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** The phone's clock as the office reads it (Beijing time); what comes from the album says that it only came in then. */
export function markLines(facts: MarkFacts, fromAlbum: boolean, now = new Date()): string[] {
  const at = new Date(now.getTime() + OFFICE);
  const day = `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`;
  const time = `${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
  const fix = lastFix();
  const place = fix ? `${fix.latitude.toFixed(5)}, ${fix.longitude.toFixed(5)} ±${Math.round(fix.accuracy)} m` : say('mark.no_position');
  return [
    fromAlbum ? `${say('mark.album')} ${time}` : time,
    [facts.site, facts.inspector].filter(Boolean).join(' · '),
    // Where an old picture was taken is not where it came in.
    ...(fromAlbum ? [] : [place]),
  ].filter(Boolean);
}
