/** Visits as a file that can be handed to the office by cable or message: the form's text and its attachments. */
import { attachmentBytes, attachmentList } from './attachments';
import type { VisitRecord } from './records';
import { zip, type ZipEntry } from './zip';

/** A ZIP with one folder per visit: submission.xml, the attachments, and what is known about the visit. */
export async function exportVisits(username: string, visits: VisitRecord[]): Promise<Blob> {
  const entries: ZipEntry[] = [];
  for (const visit of visits) {
    const folder = `${visit.begun.slice(0, 10)} ${safe(visit.siteName)} ${visit.id.slice(0, 8)}`;
    const { id, outing, position, site, mode, state, begun, ended, positions, form, instanceID } = visit;
    const about = {
      id, outing, position, site, mode, state, begun, ended, positions, instanceID, username,
      form: { form_id: form.form_id, version: form.version, sha256: form.sha256 },
    };
    entries.push({ name: `${folder}/visit.json`, bytes: text(JSON.stringify(about, null, 2)) });
    entries.push({ name: `${folder}/submission.xml`, bytes: text(visit.xml) });
    for (const { name } of await attachmentList(username, visit.id)) {
      const bytes = await attachmentBytes(username, visit.id, name);
      if (bytes) entries.push({ name: `${folder}/${name}`, bytes: new Uint8Array(bytes) });
    }
  }
  return zip(entries);
}

/** Lets the browser save a file. */
export function saveAs(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser reads the address some time after the click.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const safe = (name: string): string => name.replace(/[\\/:*?"<>|\s]+/g, '_').slice(0, 40);
