/**
 * The phone's own database: a thin layer over IndexedDB.
 *
 * Every record begins with the person's sign-in name, so that whoever signs in next on the same phone neither sees
 * nor sends what is not theirs. Writes ask for strict durability: a battery may die right after.
 */
import { StorageFull } from '../types';
import { isSuspect, mend, suspect } from './mending';
import { wasFull } from './space';

const NAME = 'mingcha-field';
const VERSION = 1;

/** Stores and their keys. Bytes lie apart from what is said about them, so that lists never load photographs. */
const STORES = {
  packages: ['username', 'id'],
  drafts: ['username', 'id'],
  attachments: ['username', 'draft', 'name'],
  bytes: ['username', 'draft', 'name'],
  outbox: ['username', 'id'],
  settings: ['username', 'name'],
} as const;

export type StoreName = keyof typeof STORES;
export type Key = readonly string[];

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) {
        if (!request.result.objectStoreNames.contains(name)) {
          request.result.createObjectStore(name, { keyPath: [...keyPath] });
        }
      }
    };
    request.onsuccess = () => {
      const database = request.result;
      // A tab with a newer app wants to change the tables: let go, the next call opens anew. Browsers also close a
      // database of their own accord (storage cleared, disk trouble).
      const forget = (): void => {
        database.close();
        opened = undefined;
      };
      database.onversionchange = forget;
      database.onclose = forget;
      resolve(database);
    };
    request.onerror = () => reject(failure(request.error));
  }).catch((error: unknown) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

/** What a disk without a byte left is called: by the quota, by the log that cannot grow, by a database that cannot open. */
const FULL = ['QuotaExceededError', 'UnknownError', 'DataError'];

/** Names what went wrong: a full phone is the one failure a person can do something about. */
function failure(error: DOMException | null): Error {
  if (!error || !FULL.includes(error.name)) return error ?? new Error('the database gave up');
  wasFull();
  if (error.name !== 'QuotaExceededError') suspect();
  return new StorageFull('no room left on this phone', { cause: error });
}

/** The stores of one transaction; `ask` turns a request into a promise. */
export interface Work {
  store(name: StoreName): IDBObjectStore;
  ask<T>(request: IDBRequest<T>): Promise<T>;
}

/**
 * Runs `job` in one transaction and resolves with its answer once the transaction has committed.
 *
 * `job` may await only `ask`: anything else lets the transaction end under it. Rejects with StorageFull when the
 * phone has no room; whatever was there before stays as it was.
 */
export async function transact<T>(
  names: StoreName[],
  mode: IDBTransactionMode,
  job: (work: Work) => Promise<T>,
): Promise<T> {
  if (mode === 'readwrite' && isSuspect()) {
    await mend(await open()).catch((error: unknown) => Promise.reject(error instanceof DOMException ? failure(error) : error));
  }
  const transaction = await begin(names, mode);
  const done = new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(failure(transaction.error));
  });
  // Looked at below; without this line an abort during `job` would count as nobody's.
  done.catch(() => undefined);
  try {
    const answer = await job(workOf(transaction));
    await done;
    return answer;
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // It has ended by itself, and knows better than its last request why.
      if (error instanceof DOMException) await done;
    }
    throw error instanceof DOMException ? failure(error) : error;
  }
}

function workOf(transaction: IDBTransaction): Work {
  return {
    store: (name) => transaction.objectStore(name),
    ask: (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      }),
  };
}

async function begin(names: StoreName[], mode: IDBTransactionMode): Promise<IDBTransaction> {
  const options: IDBTransactionOptions | undefined = mode === 'readwrite' ? { durability: 'strict' } : undefined;
  try {
    return (await open()).transaction(names, mode, options);
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'InvalidStateError') throw error;
    // The browser was just closing it; once more, on a new one.
    opened = undefined;
    return (await open()).transaction(names, mode, options);
  }
}

/** Everything of one person in a store; `more` narrows it, as to the attachments of one draft. */
export function rangeOf(username: string, ...more: string[]): IDBKeyRange {
  const low = [username, ...more];
  // In IndexedDB's order an array comes after every string, so this bound lies above all keys that begin alike.
  return IDBKeyRange.bound(low, [...low, []]);
}

export function getOne<T>(name: StoreName, key: Key): Promise<T | undefined> {
  return transact([name], 'readonly', ({ store, ask }) => ask<T | undefined>(store(name).get([...key])));
}

export function getAll<T>(name: StoreName, range?: IDBKeyRange): Promise<T[]> {
  return transact([name], 'readonly', ({ store, ask }) => ask<T[]>(store(name).getAll(range)));
}

export async function putOne(name: StoreName, record: object): Promise<void> {
  await transact([name], 'readwrite', ({ store, ask }) => ask(store(name).put(record)));
}
