/** What still keeps a form from being sent, seen from this visit. */
import { leftOut } from './covert';
import type { FormContext } from './context';
import { questions, type Question } from './nodes';

/**
 * Questions that do not stand as they are. Where nobody was let in there is nothing to answer but why; what a covert
 * visit leaves out is not missing.
 */
export function openProblems({ runtime, covert, recording }: FormContext): Question[] {
  const outcome = [...questions(runtime.nodes)].find((question) => question.name === 'outcome')?.value ?? '';
  const entered = outcome === '' || outcome === 'done';
  const needed = (question: Question) => question.name.startsWith('outcome');
  return runtime
    .violations()
    .filter((question) => !leftOut(question, covert, recording))
    .filter((question) => entered || needed(question) || question.problem?.kind === 'constraint');
}

export function tallyOf({ runtime }: FormContext): { failed: number; findings: number } {
  let failed = 0;
  for (const question of questions(runtime.nodes)) {
    if (question.kind === 'judge' && question.value === 'fail') failed += 1;
  }
  return { failed, findings: runtime.findings?.rows.length ?? 0 };
}
