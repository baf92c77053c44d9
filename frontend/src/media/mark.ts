/** The lines burned into a picture: when, where, who. */
import { say } from '../words';
import { lastFix } from './position';

export interface MarkFacts {
  site: string;
  inspector: string;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** By the phone's clock; what comes from the album says that it only came in then. */
export function markLines(facts: MarkFacts, fromAlbum: boolean, at = new Date()): string[] {
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const time = `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  const fix = lastFix();
  const place = fix ? `${fix.latitude.toFixed(5)}, ${fix.longitude.toFixed(5)} ±${Math.round(fix.accuracy)} m` : say('mark.no_position');
  return [
    fromAlbum ? `${say('mark.album')} ${time}` : time,
    [facts.site, facts.inspector].filter(Boolean).join(' · '),
    // Where an old picture was taken is not where it came in.
    ...(fromAlbum ? [] : [place]),
  ].filter(Boolean);
}
