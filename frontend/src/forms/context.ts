/** What every part of an open form shares. */
import { inject, provide, reactive, type InjectionKey } from 'vue';
import type { MarkFacts } from '../media/mark';
import type { AttachmentStore, Recording } from '../types';
import { childrenOf, type AnyNode, type Question, type Repeat, type Row } from './nodes';
import type { FormRuntime } from './runtime';

export interface FormContext {
  readonly runtime: FormRuntime;
  readonly attachments: AttachmentStore;
  readonly covert: boolean;
  readonly recording: Recording;
  readonly mark: MarkFacts;
  readonly state: {
    /** Whether what is missing is said everywhere: after the first try to send. */
    checked: boolean;
    /** Ids of the repeats' rows that are open. */
    open: Set<string>;
  };
  /** Counted after each change, when there is time. */
  readonly tally: { failed: number; findings: number };
}

const KEY: InjectionKey<FormContext> = Symbol('form');

export function openForm(parts: Omit<FormContext, 'state' | 'tally'>): FormContext {
  const context = {
    ...parts,
    state: reactive({ checked: false, open: new Set<string>() }),
    tally: reactive({ failed: 0, findings: 0 }),
  };
  provide(KEY, context);
  return context;
}

export function useForm(): FormContext {
  const context = inject(KEY);
  if (!context) throw new Error('No form is open here');
  return context;
}

/** From the top down to the question, without it; null where it is not in the form any more. */
export function wayTo(question: Question, nodes: readonly AnyNode[]): AnyNode[] | null {
  for (const node of nodes) {
    if (node === question) return [];
    const rest = wayTo(question, childrenOf(node));
    if (rest) return [node, ...rest];
  }
  return null;
}

/** Adds a row and opens it alone: the one before is finished with. */
export function addRow(repeat: Repeat, open: Set<string>): Row | undefined {
  repeat.add();
  const row = repeat.rows.at(-1);
  for (const other of repeat.rows) open.delete(other.id);
  if (row) open.add(row.id);
  return row;
}
