/** One OpenRosa post: the form's text and some of its files, in one multipart body. */
import { contacted, silent } from './contact';
import { Unreachable } from './http';

export interface Part {
  name: string;
  type: string;
  bytes: ArrayBuffer;
}

export interface Answer {
  status: number;
  body: string;
  /** Seconds the server asks us to wait; null when it does not say. */
  retryAfter: number | null;
}

/** A line without a sign of life for so long is dead, whatever the phone's bars say. */
const DEAD_LINE = 60_000;
const URL = '/submission';

/** XMLHttpRequest, because fetch does not tell how much of a body has left. Throws Unreachable. */
export function post(token: string, xml: string, parts: Part[], progress: (bytes: number) => void): Promise<Answer> {
  const form = new FormData();
  form.append('xml_submission_file', new Blob([xml], { type: 'text/xml' }), 'submission.xml');
  for (const { name, type, bytes } of parts) {
    form.append(name, new Blob([bytes], { type: type || 'application/octet-stream' }), name);
  }
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = (): void => {
      clearTimeout(watch);
      silent();
      reject(new Unreachable(URL));
    };
    let watch = setTimeout(() => request.abort(), DEAD_LINE);
    const alive = (): void => {
      clearTimeout(watch);
      watch = setTimeout(() => request.abort(), DEAD_LINE);
    };
    request.upload.onprogress = (event) => {
      alive();
      progress(event.loaded);
    };
    request.onload = () => {
      clearTimeout(watch);
      if (request.status < 500) contacted();
      resolve({ status: request.status, body: request.responseText, retryAfter: seconds(request.getResponseHeader('Retry-After')) });
    };
    request.onerror = fail;
    request.onabort = fail;
    request.open('POST', URL);
    request.setRequestHeader('Authorization', `Bearer ${token}`);
    request.setRequestHeader('X-OpenRosa-Version', '1.0');
    request.send(form);
  });
}

function seconds(header: string | null): number | null {
  const value = Number(header);
  return header === null || !Number.isFinite(value) ? null : Math.max(0, value);
}

let limit: { bytes: number; asked: number } | undefined;
const LIMIT_AGE = 10 * 60_000;
/** Small enough that a village line finishes one before it breaks; Collect posts 10 MB at a time. */
const OUR_LIMIT = 8 * 1024 * 1024;

/** Something on the way takes less than the server says it would: smaller posts from now on. */
export function lowerLimit(refused: number): void {
  limit = { bytes: Math.ceil(refused / 2), asked: Date.now() };
}

/** How many bytes a post may have: what the server accepts, and never more than a bad line carries in one piece. */
export async function postLimit(token: string): Promise<number> {
  if (limit && Date.now() - limit.asked < LIMIT_AGE) return limit.bytes;
  const response = await fetch(URL, {
    method: 'HEAD',
    headers: { Authorization: `Bearer ${token}`, 'X-OpenRosa-Version': '1.0' },
    credentials: 'omit',
    cache: 'no-store',
    signal: AbortSignal.timeout(DEAD_LINE / 2),
  }).catch((error: unknown) => {
    silent();
    throw new Unreachable(URL, { cause: error });
  });
  const accepted = Number(response.headers.get('X-OpenRosa-Accept-Content-Length'));
  const bytes = accepted > 0 ? Math.min(accepted, OUR_LIMIT) : OUR_LIMIT;
  if (response.ok) limit = { bytes, asked: Date.now() };
  return bytes;
}
