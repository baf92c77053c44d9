/** Questions to the server by session cookie, answered in JSON. */
import { contacted } from './contact';

/** Nobody answered, or something else than the server did, as the sign-in page of a public network. */
export class Unreachable extends Error {
  override name = 'Unreachable';
}

/** The server said no, in one plain sentence. `signIn` is where to sign in, when that is what is missing. */
export class Refused extends Error {
  override name = 'Refused';

  constructor(
    readonly status: number,
    readonly sentence: string,
    readonly signIn: string,
  ) {
    super(sentence);
  }
}

const PATIENCE = 30_000;

function token(): string {
  return /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? '';
}

/** Sends a question and returns the raw answer if it is a good one; throws Refused or Unreachable. */
export async function ask(path: string, send?: Record<string, unknown>): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (send) Object.assign(headers, { 'Content-Type': 'application/json', 'X-CSRFToken': token() });
  let response: Response;
  try {
    response = await fetch(path, {
      method: send ? 'POST' : 'GET',
      headers,
      credentials: 'same-origin',
      cache: 'no-store',
      body: send ? JSON.stringify(send) : null,
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch (error) {
    throw new Unreachable(path, { cause: error });
  }
  const ours = response.headers.get('Content-Type')?.includes('json') ?? false;
  if (response.ok && ours) {
    contacted();
    return response;
  }
  if (!ours && response.status < 500 && response.status !== 403) throw new Unreachable(path);
  throw await refusal(response);
}

async function refusal(response: Response): Promise<Refused> {
  const said = (await response.json().catch(() => ({}))) as { error?: unknown; sign_in?: unknown };
  if (response.status < 500) contacted();
  const signIn = response.status === 401 ? String(said.sign_in ?? '/sign-in?next=/field/') : '';
  return new Refused(response.status, typeof said.error === 'string' ? said.error : '', signIn);
}

export async function answer<T>(path: string, send?: Record<string, unknown>): Promise<T> {
  const response = await ask(path, send);
  try {
    return (await response.json()) as T;
  } catch (error) {
    throw new Unreachable(path, { cause: error });
  }
}

/** Sends a form of the other pages, which answer with a page that nobody reads here. */
export async function send(path: string, fields: Record<string, string>): Promise<void> {
  const body = new URLSearchParams({ ...fields, csrfmiddlewaretoken: token() });
  const response = await fetch(path, { method: 'POST', body, credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE) }).catch(
    (error: unknown) => {
      throw new Unreachable(path, { cause: error });
    },
  );
  if (!response.ok) throw await refusal(response);
}
