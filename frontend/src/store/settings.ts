/** Small things to remember: for one person, or (username '') for the phone. */
import { changed } from './changes';
import { getOne, putOne, transact } from './database';
import type { SettingRecord } from './records';

/** The token by which this browser sends for one person; the server keeps only its hash. */
export interface DeviceToken {
  token: string;
  device: number | string;
}

export async function setting<T>(username: string, name: string): Promise<T | undefined> {
  return (await getOne<SettingRecord>('settings', [username, name]))?.value as T | undefined;
}

export async function remember(username: string, name: string, value: unknown): Promise<void> {
  await putOne('settings', { username, name, value } satisfies SettingRecord);
  changed('settings');
}

export async function forget(username: string, name: string): Promise<void> {
  await transact(['settings'], 'readwrite', ({ store, ask }) => ask(store('settings').delete([username, name])));
  changed('settings');
}

export const deviceToken = (username: string): Promise<DeviceToken | undefined> => setting(username, 'device');
