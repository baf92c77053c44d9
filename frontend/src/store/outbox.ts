/** Finished visits on their way. Nothing leaves the phone's storage before the server's receipt names the same hashes. */
import { changed } from './changes';
import { getAll, getOne, rangeOf, transact } from './database';
import type { AttachmentRecord, OutboxRecord, VisitRecord } from './records';

/** Days that photographs stay on the phone after their receipt. */
const KEPT_DAYS = 3;

export function outboxOf(username: string): Promise<OutboxRecord[]> {
  return getAll('outbox', rangeOf(username));
}

/** Everybody's: each item is sent with its own person's token, whoever holds the phone now. */
export function wholeOutbox(): Promise<OutboxRecord[]> {
  return getAll('outbox');
}

export function outboxItem(username: string, id: string): Promise<OutboxRecord | undefined> {
  return getOne('outbox', [username, id]);
}

export const isUnsent = (item: OutboxRecord): boolean => item.state !== 'acknowledged';

/** Changes one item and returns it as it is now; undefined where there is none. An acknowledged one stays so. */
export async function updateItem(
  { username, id }: OutboxRecord,
  patch: Partial<OutboxRecord>,
): Promise<OutboxRecord | undefined> {
  const after = await transact(['outbox'], 'readwrite', async ({ store, ask }) => {
    const item = await ask<OutboxRecord | undefined>(store('outbox').get([username, id]));
    if (!item || item.state === 'acknowledged') return item;
    const edited = { ...item, ...patch };
    await ask(store('outbox').put(edited));
    return edited;
  });
  changed('outbox');
  return after;
}

/** Makes an item due at once, whatever held it back. */
export function retryItem(item: OutboxRecord): Promise<OutboxRecord | undefined> {
  return updateItem(item, { state: 'ready', held: null, trouble: '', sentence: '', attempts: 0, nextAt: 0 });
}

/** After the phone was enrolled anew: what waited for that goes on. */
export async function releaseSignIn(username: string): Promise<void> {
  const waiting = (await outboxOf(username)).filter((item) => item.state === 'held' && item.held === 'sign_in');
  for (const item of waiting) await retryItem(item);
}

/**
 * Takes off the phone what the server has confirmed: some days after the receipt, or at once when `now` is asked for
 * (the phone is full). The item and its receipt stay in the list.
 */
export async function clearDelivered(username: string, now = false): Promise<number> {
  const limit = Date.now() - (now ? 0 : KEPT_DAYS * 24 * 3600 * 1000);
  let cleared = 0;
  for (const item of await outboxOf(username)) {
    if (item.state !== 'acknowledged' || item.cleared || Date.parse(item.acknowledged) > limit) continue;
    await clear(item);
    cleared += 1;
  }
  if (cleared) for (const store of ['outbox', 'drafts', 'attachments'] as const) changed(store);
  return cleared;
}

async function clear({ username, id }: OutboxRecord): Promise<void> {
  await transact(['outbox', 'drafts', 'attachments', 'bytes'], 'readwrite', async ({ store, ask }) => {
    const item = await ask<OutboxRecord | undefined>(store('outbox').get([username, id]));
    if (!item || item.state !== 'acknowledged') return;
    // A file the form no longer names (a photograph taken again) goes with the rest: its visit is told.
    const files = await ask<AttachmentRecord[]>(store('attachments').getAll(rangeOf(username, id)));
    const sent = new Map(item.files.map((file) => [file.name, file.sha256]));
    for (const { name, sha256 } of files) {
      const known = sent.get(name);
      if (known !== undefined && (known !== sha256 || !item.confirmed.includes(name))) continue;
      await ask(store('bytes').delete([username, id, name]));
      await ask(store('attachments').delete([username, id, name]));
    }
    await ask(store('outbox').put({ ...item, xml: '', cleared: true }));
    const visit = await ask<VisitRecord | undefined>(store('drafts').get([username, id]));
    if (visit) await ask(store('drafts').put({ ...visit, xml: '', fileNames: [] }));
  });
}
