/**
 * Delivers one finished visit.
 *
 * 1. What lies on the phone must still be what was stored.
 * 2. Files the server has not confirmed are dealt into posts of limited size; every post carries the form's text.
 * 3. Each receipt is held against our own hashes; what it confirms is remembered at once, so that a broken line
 *    never sends a photograph twice.
 * 4. Only when the text and every file are confirmed is the item acknowledged.
 */
import { attachmentBytes, attachmentList } from '../store/attachments';
import { updateItem } from '../store/outbox';
import type { Held, OutboxRecord } from '../store/records';
import { hexSha256 } from '../store/sha256';
import { lowerLimit, post, postLimit, type Answer, type Part } from './post';
import { readAnswer, type Receipt } from './receipt';

/** How an attempt ended. `later` is for time to mend; `seconds` is how long the server asked us to wait. */
export type Outcome =
  | { end: 'acknowledged' }
  | { end: 'held'; held: Held; sentence: string }
  | { end: 'later'; trouble: 'busy' | 'stranger'; seconds: number | null };

/** Multipart headers around each file, with room to spare. */
const ENVELOPE = 1024;
/** Servers count parts, too. */
const MOST_FILES = 50;

export async function deliver(
  item: OutboxRecord,
  token: string,
  progress: (sent: number, total: number) => void,
): Promise<Outcome> {
  if ((await hexSha256(item.xml)) !== item.xmlSha256) return held('damaged');
  const confirmed = new Set(item.confirmed);
  const remaining = item.files.filter((file) => !confirmed.has(file.name));
  const textSize = new TextEncoder().encode(item.xml).byteLength + ENVELOPE;
  const loads = deal(remaining, (await postLimit(token)) - textSize);
  const total = remaining.reduce((sum, file) => sum + file.size, 0) + textSize * loads.length;
  let before = 0;
  for (const load of loads) {
    const parts = await partsOf(item, load);
    if (!parts) return held('damaged');
    const answer = await post(token, item.xml, parts, (sent) => progress(Math.min(before + sent, total), total));
    const outcome = judge(answer, item, load, confirmed);
    await updateItem(item, { confirmed: [...confirmed] });
    if (outcome) return outcome;
    before += textSize + load.reduce((sum, file) => sum + file.size, 0);
  }
  return { end: 'acknowledged' };
}

type File = OutboxRecord['files'][number];

/** Deals files into posts of at most `room` bytes and fifty files, in their order; a file larger than that travels alone. */
function deal(files: File[], room: number): File[][] {
  const loads: File[][] = [[]];
  let size = 0;
  for (const file of files) {
    const weight = file.size + ENVELOPE;
    if (size > 0 && (size + weight > room || loads.at(-1)?.length === MOST_FILES)) {
      loads.push([]);
      size = 0;
    }
    loads.at(-1)?.push(file);
    size += weight;
  }
  return loads;
}

/** Reads a load's bytes; null when one of them is not what was stored. */
async function partsOf(item: OutboxRecord, load: File[]): Promise<Part[] | null> {
  const types = new Map((await attachmentList(item.username, item.id)).map((file) => [file.name, file.type]));
  const parts: Part[] = [];
  for (const { name, sha256 } of load) {
    const bytes = await attachmentBytes(item.username, item.id, name);
    if (!bytes || (await hexSha256(bytes)) !== sha256) return null;
    parts.push({ name, type: types.get(name) ?? '', bytes });
  }
  return parts;
}

/** Null when the post was received in full; what was confirmed is added to `confirmed`. */
function judge(answer: Answer, item: OutboxRecord, load: File[], confirmed: Set<string>): Outcome | null {
  const { sentence, receipt } = readAnswer(answer.body);
  if (answer.status === 201 || answer.status === 202) {
    // A success that is not ours comes from something between us and the server.
    if (!receipt || receipt.instance !== item.instanceID) return { end: 'later', trouble: 'stranger', seconds: null };
    return check(receipt, item, load, confirmed);
  }
  if (answer.status < 400) return { end: 'later', trouble: 'stranger', seconds: null };
  if (answer.status === 413 && load.length > 1) {
    lowerLimit(load.reduce((sum, file) => sum + file.size, 0));
    return { end: 'later', trouble: 'busy', seconds: null };
  }
  const waits = answer.status >= 500 || [408, 425, 429].includes(answer.status);
  if (waits) return { end: 'later', trouble: 'busy', seconds: answer.retryAfter };
  const reasons: Record<number, Held> = {
    400: 'malformed', 401: 'sign_in', 404: 'unknown_form', 409: 'conflict', 413: 'too_large',
  };
  return held(reasons[answer.status] ?? 'refused', sentence);
}

function check(receipt: Receipt, item: OutboxRecord, load: File[], confirmed: Set<string>): Outcome | null {
  if (receipt.sha256.toLowerCase() !== item.xmlSha256) return held('mismatch');
  for (const { name, sha256 } of item.files) {
    const theirs = receipt.files.get(name)?.toLowerCase();
    if (theirs === sha256) confirmed.add(name);
    else if (theirs !== undefined) return held('mismatch');
  }
  return load.every((file) => confirmed.has(file.name)) ? null : held('mismatch');
}

function held(reason: Held, sentence = ''): Outcome {
  return { end: 'held', held: reason, sentence };
}
