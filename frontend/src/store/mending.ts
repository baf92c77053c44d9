/**
 * After the disk was full to its last byte: making sure that the database outlives the next start.
 *
 * Chromium (seen with 156) then leaves a torn entry in its database's log and, once there is room, goes on writing
 * behind it. All is well until the next start, when the log reads as damaged and the whole database is thrown away.
 * A log is given up for good when it has grown to some four megabytes, with everything before the tear copied into a
 * table; so it is made to grow. The mark lies in localStorage, which is another file.
 */
const MARK = 'mingcha.torn';
const STORE = 'settings';
/** A larger value would go into a file of its own, and the log would not grow. */
const PIECE = 60_000;
const PIECES = 150;

export function suspect(): void {
  localStorage.setItem(MARK, 'yes');
}

export const isSuspect = (): boolean => localStorage.getItem(MARK) !== null;

let under: Promise<void> | undefined;

/** Rejects, with the mark still set, while there is no room. */
export function mend(database: IDBDatabase): Promise<void> {
  under ??= grow(database)
    .then(() => localStorage.removeItem(MARK))
    .finally(() => (under = undefined));
  return under;
}

async function grow(database: IDBDatabase): Promise<void> {
  // The same key again and again: in the log each is an entry, on the disk one remains, and it is taken away.
  for (let count = 0; count < PIECES; count += 1) {
    const value = crypto.getRandomValues(new Uint8Array(PIECE));
    await once(database, (store) => store.put({ username: '', name: 'mending', value }));
  }
  await once(database, (store) => store.delete(['', 'mending']));
}

function once(database: IDBDatabase, act: (store: IDBObjectStore) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, 'readwrite');
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('the database gave up'));
    act(transaction.objectStore(STORE));
  });
}
