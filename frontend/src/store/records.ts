/** What lies in the phone's database. Times are ISO text of the phone's clock. */
import type { Draft, Mode, Package, PackagedForm, PackagedSite, Progress } from '../types';

export interface Position {
  latitude: number;
  longitude: number;
  altitude: number | null;
  /** Metres, as the phone claims. */
  accuracy: number;
  at: string;
}

export interface PackageRecord {
  username: string;
  /** The outing's id, as text. */
  id: string;
  package: Package;
  stored: string;
}

/** A visit on this phone, from its beginning to its receipt. */
export interface VisitRecord extends Draft {
  username: string;
  /** The outing's id, as text. */
  outing: string;
  /** Place in the order of the list; 0 for a visit nobody planned. */
  position: number;
  site: PackagedSite;
  form: PackagedForm;
  mode: Mode;
  /** `sealed`: handed to the outbox, never changed again. */
  state: 'draft' | 'sealed';
  begun: string;
  saved: string;
  ended: string;
  progress: Progress;
  fileNames: string[];
  positions: { start: Position | null; end: Position | null };
}

export interface AttachmentRecord {
  username: string;
  draft: string;
  name: string;
  type: string;
  size: number;
  sha256: string;
  at: string;
}

export interface BytesRecord {
  username: string;
  draft: string;
  name: string;
  bytes: ArrayBuffer;
}

/** Why an item needs a person. */
export type Held =
  | 'conflict' // 409: the server holds another text under this visit's number
  | 'malformed' // 400
  | 'unknown_form' // 404
  | 'too_large' // 413
  | 'refused' // any other answer that a repetition will not change
  | 'sign_in' // 401: the phone's token is unknown or revoked
  | 'mismatch' // the receipt names other bytes than those sent
  | 'damaged'; // what lies on the phone is no longer what was stored

/** Why the last attempt came to nothing, where time alone may mend it. */
export type Trouble =
  | '' // no attempt has failed
  | 'offline' // nobody answered
  | 'busy' // the server asked for patience
  | 'stranger'; // something else than the server answered, as the sign-in page of a public network does

export type OutboxState = 'ready' | 'sending' | 'acknowledged' | 'held';

/** One finished visit on its way. Its id is the visit's. */
export interface OutboxRecord {
  username: string;
  id: string;
  outing: string;
  title: string;
  covert: boolean;
  instanceID: string;
  xml: string;
  xmlSha256: string;
  files: { name: string; sha256: string; size: number }[];
  /** Files that the server has confirmed with the same hash. */
  confirmed: string[];
  /** Files that the form names and this phone does not have. */
  lost: string[];
  state: OutboxState;
  held: Held | null;
  trouble: Trouble;
  /** The server's own sentence, where it gave one. */
  sentence: string;
  attempts: number;
  /** When to try next, in milliseconds; 0 for at once. */
  nextAt: number;
  queued: string;
  acknowledged: string;
  /** Its photographs have left the phone, some days after the receipt. */
  cleared: boolean;
}

export interface SettingRecord {
  username: string;
  name: string;
  value: unknown;
}
