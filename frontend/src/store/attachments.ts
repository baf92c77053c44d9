/** Photographs, signatures and voices: written once by name, hashed while they are written, deleted only when acknowledged. */
import type { AttachmentStore, StoredFile } from '../types';
import { changed } from './changes';
import { getAll, getOne, rangeOf, transact } from './database';
import type { AttachmentRecord, BytesRecord } from './records';
import { hexSha256 } from './sha256';
import { hadRoom } from './space';

/** A name of this draft already stands for other bytes. Whoever makes names must make a new one. */
export class NameTaken extends Error {
  override name = 'NameTaken';
}

/** The store that `forms/FormPage.vue` is given: the attachments of one visit of one person. */
export function attachmentsOf(username: string, draft: string): AttachmentStore {
  return {
    put: (name, blob) => putAttachment(username, draft, name, blob),
    async get(name) {
      const record = await getOne<AttachmentRecord>('attachments', [username, draft, name]);
      const held = record && (await getOne<BytesRecord>('bytes', [username, draft, name]));
      return record && held && new Blob([held.bytes], { type: record.type });
    },
    async has(name) {
      return (await getOne<AttachmentRecord>('attachments', [username, draft, name])) !== undefined;
    },
  };
}

async function putAttachment(username: string, draft: string, name: string, blob: Blob): Promise<StoredFile> {
  // A File of the camera points to a file that the phone may tidy away: the bytes themselves are kept.
  const bytes = await blob.arrayBuffer();
  const sha256 = await hexSha256(bytes);
  const record: AttachmentRecord = {
    username, draft, name, type: blob.type, size: bytes.byteLength, sha256, at: new Date().toISOString(),
  };
  await transact(['attachments', 'bytes'], 'readwrite', async ({ store, ask }) => {
    const there = await ask<AttachmentRecord | undefined>(store('attachments').get([username, draft, name]));
    if (there && there.sha256 !== sha256) throw new NameTaken(name);
    if (there) return;
    await ask(store('bytes').add({ username, draft, name, bytes } satisfies BytesRecord));
    await ask(store('attachments').add(record));
  });
  hadRoom();
  changed('attachments');
  return { name, sha256, size: record.size };
}

export function attachmentList(username: string, draft: string): Promise<AttachmentRecord[]> {
  return getAll('attachments', rangeOf(username, draft));
}

/** The bytes of one attachment as the outbox sends them; undefined where they are gone. */
export async function attachmentBytes(username: string, draft: string, name: string): Promise<ArrayBuffer | undefined> {
  return (await getOne<BytesRecord>('bytes', [username, draft, name]))?.bytes;
}
