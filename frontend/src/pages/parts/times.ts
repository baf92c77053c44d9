/** Times as a person reads them, by the office's clock, whatever zone the phone is set to. */
import { language } from '../../words';

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** Beijing time, which all of China keeps, without summer time. */
export const OFFICE = 8 * 3600_000;

interface Wall {
  year: number;
  month: number;
  day: number;
  clock: string;
}

function wall(iso: string): Wall | null {
  const written = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d)\S*)?$/.exec(iso);
  if (!written) return null;
  if (!/(?:Z|[+-]00:00)$/.test(iso)) {
    const [, year, month, day, clock] = written;
    return { year: Number(year), month: Number(month), day: Number(day), clock: clock ?? '' };
  }
  const at = new Date(Date.parse(iso) + OFFICE);
  const two = (value: number): string => String(value).padStart(2, '0');
  return {
    year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate(),
    clock: `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`,
  };
}

/** 10月27日 / 27 Oct */
export function day(iso: string): string {
  const at = wall(iso);
  if (!at) return iso;
  return language() === 'en' ? `${at.day} ${MONTHS[at.month - 1]}` : `${at.month}月${at.day}日`;
}

/** 10月27日 18:00 / 27 Oct 18:00 */
export function moment(iso: string): string {
  const at = wall(iso);
  return at?.clock ? `${day(iso)} ${at.clock}` : day(iso);
}

/** 2021年10月27日 18:00 / 27 Oct 2021 18:00: for paper. */
export function fullMoment(iso: string): string {
  const at = wall(iso);
  if (!at) return iso;
  return language() === 'en' ? `${day(iso)} ${at.year} ${at.clock}` : `${at.year}年${day(iso)} ${at.clock}`;
}

/** A time of this phone's clock, as ISO text that `moment` reads. */
export const isoOf = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** 1.4 MB */
export function size(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  return `${(bytes / 1024 / 1024).toFixed(bytes < 100 * 1024 * 1024 ? 1 : 0)} MB`;
}
