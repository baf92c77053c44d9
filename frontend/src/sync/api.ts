/** The server's few answers for this app (`/field/app/…`). */
import type { Package } from '../types';
import { hexSha256 } from '../store/sha256';
import type { DeviceToken } from '../store/settings';
import { answer, ask, send, Unreachable } from './http';

export interface WaitingList {
  id: number | string;
  team: string;
  campaign: string;
  count: number;
  departs_at: string;
  ready: boolean;
  /** Why it cannot be opened now; empty when it can. */
  why: string;
}

export interface KnownOuting {
  id: number | string;
  team: string;
  campaign: string;
  day: string;
  state: 'out' | 'back';
  departed_at: string;
}

export interface Me {
  name: string;
  username: string;
  demo: boolean;
  language: 'zh-hans' | 'en';
  /** The server's clock. */
  now: string;
  lists: WaitingList[];
  outings: KnownOuting[];
}

/** What arrived is not what was sent; downloading again mends it. */
export class TornPackage extends Error {
  override name = 'TornPackage';
}

const ROOT = '/field/app/';

export const fetchMe = (): Promise<Me> => answer(`${ROOT}me/`);

export const enrolDevice = (): Promise<DeviceToken> => answer(`${ROOT}device/`, {});

export const openList = (id: number | string): Promise<{ outing: number | string }> => answer(`${ROOT}lists/${id}/open/`, {});

export const returnTeam = (id: number | string, reason: string): Promise<{ state: string }> =>
  answer(`${ROOT}outings/${id}/return/`, { reason });

/** Tells the other pages of the house, too; where that fails, they simply keep theirs. */
export async function tellLanguage(code: string): Promise<void> {
  await send('/language', { language: code, next: '/field/' }).catch(() => undefined);
}

export async function signOutOfServer(): Promise<void> {
  await send('/sign-out', {});
}

/** Downloads a package, telling how many bytes have come, and proves that each form is whole. */
export async function fetchPackage(id: number | string, progress: (bytes: number) => void): Promise<Package> {
  const response = await ask(`${ROOT}outings/${id}/package/`);
  let contents: Package;
  try {
    contents = JSON.parse(await readAll(response, progress)) as Package;
  } catch (error) {
    // A line that broke in the middle; JSON that ends early says the same.
    throw new Unreachable('package', { cause: error });
  }
  for (const form of Object.values(contents.forms)) {
    if ((await hexSha256(form.xform)) !== form.sha256) throw new TornPackage(form.form_id);
  }
  return contents;
}

async function readAll(response: Response, progress: (bytes: number) => void): Promise<string> {
  if (!response.body) return response.text();
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    bytes += value.byteLength;
    text += decoder.decode(value, { stream: true });
    progress(bytes);
  }
}
