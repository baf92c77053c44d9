/** Whose phone this is now, and what the server last said about that person. */
import { computed, readonly, ref, shallowRef } from 'vue';
import { askToKeep } from '../store/space';
import { changed } from '../store/changes';
import { releaseSignIn } from '../store/outbox';
import { deviceToken, forget, remember, setting } from '../store/settings';
import { enrolDevice, fetchMe, type Me } from './api';
import { silent } from './contact';
import { Refused, Unreachable } from './http';

const known = shallowRef<Me | null>(null);
const signIn = ref('');
const ready = ref(false);
const shut = ref(false);

export const me = readonly(known);
/** Where to sign in, once the session has ended; what is on the phone stays usable without. */
export const signInAt = readonly(signIn);
export const started = readonly(ready);
/** The phone's database cannot be opened: it is full to the last byte. */
export const shutOut = readonly(shut);
export const username = computed(() => known.value?.username ?? '');

/** Reads who used this phone last, so that a day without a line begins at once; then asks the server. */
export async function startSession(): Promise<void> {
  try {
    const last = await setting<string>('', 'person');
    if (last) known.value = (await setting<Me>(last, 'me')) ?? null;
    ready.value = true;
    await refreshMe();
  } catch (error) {
    // A phone without a byte left cannot even open its database. What is in it stays.
    console.error(error);
    shut.value = true;
  }
  ready.value = true;
}

/** Asks who is signed in. Somebody else sees their own things from then on, and nothing of whoever was here before. */
export async function refreshMe(): Promise<'fresh' | 'offline' | 'signed-out'> {
  try {
    const answer = await fetchMe();
    signIn.value = '';
    await remember(answer.username, 'me', answer);
    await remember('', 'person', answer.username);
    known.value = answer;
    return 'fresh';
  } catch (error) {
    if (error instanceof Refused && error.signIn) {
      signIn.value = error.signIn;
      return 'signed-out';
    }
    if (error instanceof Unreachable) silent();
    return 'offline';
  }
}

/** The session belongs to somebody else by now: what was asked for would be done in their name. */
export class AnotherPerson extends Error {
  override name = 'AnotherPerson';
}

/** Before anything is done in a person's name: the session must be theirs. Throws Refused, Unreachable, AnotherPerson. */
export async function confirmPerson(): Promise<void> {
  const before = username.value;
  const answer = await fetchMe().catch((error: unknown) => {
    if (error instanceof Refused && error.signIn) signIn.value = error.signIn;
    throw error;
  });
  if (answer.username !== before) {
    await refreshMe();
    throw new AnotherPerson(answer.username);
  }
}

/** Gets this browser its token for the person signed in, once; `anew` after the old one was revoked. */
export async function enrol(anew = false): Promise<void> {
  await confirmPerson();
  if (!anew && (await deviceToken(username.value))) return;
  await remember(username.value, 'device', await enrolDevice());
  await releaseSignIn(username.value);
  void askToKeep();
}

/** Nobody uses this phone now. What they have stored stays, and comes back when they sign in again. */
export async function leavePhone(): Promise<void> {
  await forget('', 'person');
  known.value = null;
  changed('drafts');
}
