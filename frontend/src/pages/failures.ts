/** Failures as one plain sentence. */
import { StorageFull } from '../types';
import type { Held, OutboxRecord } from '../store/records';
import { TornPackage } from '../sync/api';
import { Refused, Unreachable } from '../sync/http';
import { AnotherPerson } from '../sync/session';
import { say, type Phrase } from '../words';

export function failureOf(error: unknown): string {
  if (error instanceof Refused) return refused(error);
  if (error instanceof Unreachable) return say('fail.unreachable');
  if (error instanceof StorageFull) return say('fail.full');
  if (error instanceof TornPackage) return say('fail.torn');
  if (error instanceof AnotherPerson) return say('fail.another');
  console.error(error);
  return say('fail.unknown');
}

function refused(error: Refused): string {
  if (error.signIn) return say('fail.sign_in');
  if (error.sentence) return error.sentence;
  return error.status >= 500 ? say('fail.busy') : say('fail.refused');
}

const HELD: Record<Held, Phrase> = {
  conflict: 'held.conflict',
  malformed: 'held.malformed',
  unknown_form: 'held.unknown_form',
  too_large: 'held.too_large',
  refused: 'held.refused',
  sign_in: 'held.sign_in',
  mismatch: 'held.mismatch',
  damaged: 'held.damaged',
};

/** Why an item of the outbox stands where it does; empty when there is nothing to say. */
export function whyWaiting(item: OutboxRecord): string {
  if (item.state === 'held' && item.held) return say(HELD[item.held]);
  if (item.trouble === 'busy') return say('wait.busy');
  if (item.trouble === 'stranger') return say('wait.stranger');
  return item.trouble === 'offline' ? say('wait.offline') : '';
}
