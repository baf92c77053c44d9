/**
 * The outbox's engine: sends what is due, one item at a time, from one tab.
 *
 * It wakes when something is put into the outbox, when the line comes back, when the page is looked at again and
 * when a wait is over. Waits double from five seconds to a quarter of an hour and are spread by chance, so that forty
 * phones coming back to the valley do not knock at once.
 */
import { reactive } from 'vue';
import { listen } from '../store/changes';
import { outboxItem, updateItem, wholeOutbox } from '../store/outbox';
import type { OutboxRecord } from '../store/records';
import { deviceToken } from '../store/settings';
import { deliver, type Outcome } from './deliver';
import { Unreachable } from './http';

const FIRST_WAIT = 5_000;
const LONGEST_WAIT = 15 * 60_000;
const LOOK_AGAIN = 60_000;
const SPREAD = 2_000;

/** What is under way in this tab: the item's id → sent and total bytes. */
export const underWay = reactive(new Map<string, { sent: number; total: number }>());

let timer: ReturnType<typeof setTimeout> | undefined;
let running = false;
let again = false;

export function startSending(): void {
  listen((store) => void (store === 'outbox' && !running && soon(300)));
  // Nobody answered before: the line is new, so that wait means nothing any more. A server's own wait stays.
  window.addEventListener('online', () => void lineIsBack());
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void lineIsBack();
  });
  soon(0);
}

async function lineIsBack(): Promise<void> {
  for (const item of await wholeOutbox()) {
    if (item.state === 'ready' && item.trouble === 'offline') await updateItem(item, { nextAt: 0 });
  }
  soon(Math.random() * SPREAD);
}

/** Sends what is due now, or after the round under way. */
export function sendNow(): void {
  soon(0);
}

function soon(wait: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void round(), wait);
}

async function round(): Promise<void> {
  if (running) {
    again = true;
    return;
  }
  running = true;
  try {
    await alone(sendAllDue);
  } catch (error) {
    // The phone's database may be out of reach for a moment; the timer below tries again.
    console.error(error);
  } finally {
    running = false;
    await planNext();
  }
}

/** One sender across tabs. Where the browser cannot promise that, two may send: the server takes each thing once. */
async function alone(job: () => Promise<void>): Promise<void> {
  if (!navigator.locks) return job();
  await navigator.locks.request('mingcha-outbox', { ifAvailable: true }, (lock) => (lock ? job() : undefined));
}

async function planNext(): Promise<void> {
  const waiting = await wholeOutbox().catch(() => []);
  const next = Math.min(...waiting.filter((item) => item.state === 'ready').map((item) => item.nextAt - Date.now()));
  soon(again ? 0 : Math.max(1_000, Math.min(next, LOOK_AGAIN)));
  again = false;
}

async function sendAllDue(): Promise<void> {
  // Whoever holds the lock is the only sender: an item that says `sending` was cut off with its page.
  for (const item of await wholeOutbox()) {
    if (item.state === 'sending') await updateItem(item, { state: 'ready', nextAt: 0 });
  }
  for (;;) {
    const due = (await wholeOutbox())
      .filter((item) => item.state === 'ready' && item.nextAt <= Date.now())
      .sort((one, other) => one.queued.localeCompare(other.queued));
    const item = due[0];
    if (!item) return;
    if (!(await sendOne(item))) return;
  }
}

/** Returns false when nobody answered: then the rest need not knock either. */
async function sendOne(item: OutboxRecord): Promise<boolean> {
  const token = await deviceToken(item.username);
  if (!token) {
    await updateItem(item, { state: 'held', held: 'sign_in', sentence: '' });
    return true;
  }
  underWay.set(item.id, { sent: 0, total: 0 });
  try {
    const current = (await updateItem(item, { state: 'sending', sentence: '' })) ?? item;
    const outcome = await deliver(current, token.token, (sent, total) => underWay.set(item.id, { sent, total }));
    await settle(item, outcome);
    return true;
  } catch (error) {
    const offline = error instanceof Unreachable;
    if (!offline) console.error(error);
    await postpone(item, 'offline', null);
    return !offline;
  } finally {
    underWay.delete(item.id);
  }
}

async function settle(item: OutboxRecord, outcome: Outcome): Promise<void> {
  if (outcome.end === 'later') return postpone(item, outcome.trouble, outcome.seconds);
  if (outcome.end === 'held') {
    await updateItem(item, { state: 'held', held: outcome.held, sentence: outcome.sentence, trouble: '' });
    return;
  }
  const acknowledged = new Date().toISOString();
  await updateItem(item, { state: 'acknowledged', acknowledged, held: null, trouble: '', sentence: '' });
}

async function postpone(item: OutboxRecord, trouble: OutboxRecord['trouble'], seconds: number | null): Promise<void> {
  const attempts = ((await outboxItem(item.username, item.id))?.attempts ?? 0) + 1;
  const doubled = Math.min(FIRST_WAIT * 2 ** Math.min(attempts - 1, 12), LONGEST_WAIT);
  const wait = Math.max(doubled * (0.5 + Math.random()), (seconds ?? 0) * 1000);
  await updateItem(item, { state: 'ready', trouble, attempts, nextAt: Date.now() + wait });
}
