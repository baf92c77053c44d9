/** Task packages: what was downloaded when the seal was opened. */
import type { Package } from '../types';
import { changed } from './changes';
import { getAll, getOne, putOne, rangeOf } from './database';
import type { PackageRecord } from './records';

/** Keeps a package under the person it was made out to. One that is downloaded again takes the place of the old. */
export async function keepPackage(username: string, contents: Package): Promise<PackageRecord> {
  if (contents.person.username !== username) throw new Error('a package made out to somebody else');
  const record = { username, id: String(contents.outing.id), package: contents, stored: new Date().toISOString() };
  await putOne('packages', record);
  changed('packages');
  return record;
}

export function packageOf(username: string, outing: string): Promise<PackageRecord | undefined> {
  return getOne('packages', [username, outing]);
}

export function packagesOf(username: string): Promise<PackageRecord[]> {
  return getAll('packages', rangeOf(username));
}
