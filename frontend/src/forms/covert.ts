/** A covert visit gives no feedback and takes no signatures; it records no voice unless that was approved. */
import type { Recording } from '../types';
import type { Question } from './nodes';

const OPEN_ONLY: ReadonlySet<string> = new Set(['feedback', 'feedback_to']);

export function mayRecord(recording: Recording, covert: boolean, now = Date.now()): boolean {
  if (!covert) return true;
  return recording.covert_audio && (recording.until === null || Date.parse(recording.until) > now);
}

/** Whether the question is left out of this visit, whatever the form says. */
export function leftOut(question: Question, covert: boolean, recording: Recording): boolean {
  if (!covert) return false;
  if (question.kind === 'audio') return !mayRecord(recording, covert) && question.value === '';
  return question.kind === 'signature' || OPEN_ONLY.has(question.name);
}
