/** Visits on this phone: begun, saved at every change, sealed when they are handed to the outbox. */
import type { Mode, PackagedForm, PackagedSite, Snapshot } from '../types';
import { attachmentList } from './attachments';
import { changed } from './changes';
import { getAll, getOne, rangeOf, transact } from './database';
import type { OutboxRecord, Position, VisitRecord } from './records';
import { hexSha256 } from './sha256';

export interface Beginning {
  username: string;
  outing: string;
  /** 0 for a visit nobody planned. */
  position: number;
  site: PackagedSite;
  form: PackagedForm;
  mode: Mode;
}

/** A visit with this number is not on the phone, or not this person's. */
export class NoSuchVisit extends Error {
  override name = 'NoSuchVisit';
}

/** Begins a visit, or finds the one begun at this stop before: two taps are one visit. */
export async function beginVisit(beginning: Beginning): Promise<VisitRecord> {
  const { username, outing, position, site } = beginning;
  const now = new Date().toISOString();
  const fresh: VisitRecord = {
    ...beginning,
    id: newId(),
    siteCode: site.code,
    siteName: site.name,
    xml: '',
    instanceID: '',
    state: 'draft',
    begun: now,
    saved: now,
    ended: '',
    progress: { answered: 0, total: 0 },
    fileNames: [],
    positions: { start: null, end: null },
  };
  const visit = await transact(['drafts'], 'readwrite', async ({ store, ask }) => {
    const all = await ask<VisitRecord[]>(store('drafts').getAll(rangeOf(username)));
    const same = all.find((one) => position > 0 && one.outing === outing && one.site.code === site.code);
    if (!same) await ask(store('drafts').add(fresh));
    return same ?? fresh;
  });
  changed('drafts');
  return visit;
}

/** A random UUID; browsers offer their own only over https. */
function newId(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function visitOf(username: string, id: string): Promise<VisitRecord | undefined> {
  return getOne('drafts', [username, id]);
}

export async function visitsOf(username: string, outing?: string): Promise<VisitRecord[]> {
  const all = await getAll<VisitRecord>('drafts', rangeOf(username));
  return all.filter((visit) => outing === undefined || visit.outing === outing).sort(byBeginning);
}

const byBeginning = (one: VisitRecord, other: VisitRecord): number => one.begun.localeCompare(other.begun);

async function change(
  username: string,
  id: string,
  edit: (visit: VisitRecord) => VisitRecord,
  known?: VisitRecord,
): Promise<VisitRecord> {
  const after = await transact(['drafts'], 'readwrite', async ({ store, ask }) => {
    const visit = (await ask<VisitRecord | undefined>(store('drafts').get([username, id]))) ?? known;
    if (!visit) throw new NoSuchVisit(id);
    // A snapshot that arrives after the sealing (a second tab, a slow camera) must not change what is being sent.
    if (visit.state === 'sealed') return visit;
    const edited = edit(visit);
    await ask(store('drafts').put(edited));
    return edited;
  });
  changed('drafts');
  return after;
}

/**
 * Saves the form as it is now. `visit` is what the open page knows: should the browser have thrown its database away
 * meanwhile, at least what is on the page comes back.
 */
export function saveSnapshot(visit: VisitRecord, snapshot: Snapshot): Promise<VisitRecord> {
  const { xml, instanceID, fileNames, progress } = snapshot;
  const saved = new Date().toISOString();
  const edit = (before: VisitRecord): VisitRecord => ({ ...before, xml, instanceID, fileNames, progress, saved });
  return change(visit.username, visit.id, edit, visit);
}

export function savePosition(username: string, id: string, end: 'start' | 'end', where: Position): Promise<VisitRecord> {
  return change(username, id, (visit) => ({ ...visit, positions: { ...visit.positions, [end]: where } }));
}

/** Hands a finished visit to the outbox, both in one transaction: it is a draft or it is on its way, never neither. */
export async function sealVisit(known: VisitRecord, snapshot: Snapshot): Promise<void> {
  const { username, id } = known;
  const now = new Date().toISOString();
  const xmlSha256 = await hexSha256(snapshot.xml);
  const held = new Map((await attachmentList(username, id)).map((file) => [file.name, file]));
  const files = snapshot.fileNames.flatMap((name) => held.get(name) ?? []);
  await transact(['drafts', 'outbox'], 'readwrite', async ({ store, ask }) => {
    const visit = (await ask<VisitRecord | undefined>(store('drafts').get([username, id]))) ?? known;
    if (visit.state === 'sealed') return;
    const { xml, instanceID, fileNames, progress } = snapshot;
    const item: OutboxRecord = {
      username, id, instanceID, xml, xmlSha256,
      outing: visit.outing,
      title: visit.siteName,
      covert: visit.mode === 'covert',
      files: files.map(({ name, sha256, size }) => ({ name, sha256, size })),
      confirmed: [],
      lost: fileNames.filter((name) => !held.has(name)),
      state: 'ready', held: null, trouble: '', sentence: '', attempts: 0, nextAt: 0,
      queued: now, acknowledged: '', cleared: false,
    };
    await ask(store('outbox').add(item));
    await ask(store('drafts').put({ ...visit, xml, instanceID, fileNames, progress, state: 'sealed', saved: now, ended: now }));
  });
  changed('drafts');
  changed('outbox');
}

/** Takes back a visit begun by mistake. Only while nothing was taken and nothing sealed; returns whether it was. */
export async function discardVisit(username: string, id: string): Promise<boolean> {
  if ((await attachmentList(username, id)).length > 0) return false;
  const gone = await transact(['drafts', 'attachments'], 'readwrite', async ({ store, ask }) => {
    const visit = await ask<VisitRecord | undefined>(store('drafts').get([username, id]));
    const taken = await ask(store('attachments').count(rangeOf(username, id)));
    if (!visit || visit.state === 'sealed' || taken > 0) return false;
    await ask(store('drafts').delete([username, id]));
    return true;
  });
  changed('drafts');
  return gone;
}
