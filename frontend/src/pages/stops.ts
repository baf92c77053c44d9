/** How an outing's stops stand, seen from this phone: the package, what was done here, and what has arrived. */
import type { Package, PackagedForm, Stop } from '../types';
import type { OutboxRecord, VisitRecord } from '../store/records';

export type StopState =
  | 'locked' // opens when the one before is closed
  | 'open'
  | 'begun' // a draft on this phone
  | 'sealed' // finished here, on its way
  | 'held' // finished here, and its sending needs a person
  | 'delivered'
  | 'elsewhere'; // a team mate's phone has closed it

export interface StopView {
  stop: Stop;
  visit: VisitRecord | undefined;
  state: StopState;
  isNext: boolean;
}

/** The stops in their order. A visit that waits for a person counts as ended: the team goes on. */
export function stopViews(contents: Package, visits: VisitRecord[], items: OutboxRecord[]): StopView[] {
  let earlierOpen = false;
  let nextFound = false;
  return [...contents.stops].sort((one, other) => one.position - other.position).map((stop) => {
    const visit = visits.find((one) => one.position > 0 && one.site.code === stop.site.code);
    let state = stateOf(stop, visit, items);
    const isOpen = state === 'open' || state === 'begun';
    if (state === 'open' && contents.outing.stop_by_stop && earlierOpen) state = 'locked';
    const isNext = isOpen && !nextFound;
    nextFound ||= isOpen;
    earlierOpen ||= isOpen;
    return { stop, visit, state, isNext };
  });
}

function stateOf(stop: Stop, visit: VisitRecord | undefined, items: OutboxRecord[]): StopState {
  if (visit) return visitState(visit, items);
  return stop.state === 'closed' ? 'elsewhere' : 'open';
}

export function visitState(visit: VisitRecord, items: OutboxRecord[]): 'begun' | 'sealed' | 'held' | 'delivered' {
  if (visit.state === 'draft') return 'begun';
  const item = items.find((one) => one.id === visit.id);
  if (item?.state === 'acknowledged') return 'delivered';
  return item?.state === 'held' ? 'held' : 'sealed';
}

export const hasEnded = ({ state }: StopView): boolean => ['sealed', 'held', 'delivered', 'elsewhere'].includes(state);

/** The forms for a visit nobody planned: the site type's own first; the one for any type serves every site. */
export function formsFor(contents: Package, type: string): PackagedForm[] {
  const fitting = contents.general.filter((one) => one.type === type);
  const any = contents.general.filter((one) => !one.type);
  const keys = new Set([...fitting, ...any, ...(fitting.length + any.length ? [] : contents.general)].map((one) => one.form));
  return [...keys].flatMap((key) => contents.forms[key] ?? []);
}
