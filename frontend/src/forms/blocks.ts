/** How a form's nodes are laid out: what belongs together is shown together. */
import { type FormNode, type Group, type Question, type Repeat } from './nodes';

export type Block =
  | { kind: 'heading'; id: string; group: Group; level: number }
  | { kind: 'question'; id: string; question: Question }
  /** What was reported beside what was found. */
  | { kind: 'pair'; id: string; reported: Question; verified: Question }
  /** Picture questions in a row: one strip, filled from the left. */
  | { kind: 'photos'; id: string; slots: Question[] }
  | { kind: 'repeat'; id: string; repeat: Repeat };

const REPORTED = '_reported';
const VERIFIED = '_verified';

/** The blocks of nodes and of the groups among them, in order. `level` is that of the next heading. */
export function blocksOf(nodes: readonly FormNode[], level = 2): Block[] {
  const blocks: Block[] = [];
  const taken = new Set<FormNode>();
  nodes.forEach((node, index) => {
    if (taken.has(node)) return;
    if (node.kind === 'group') {
      if (node.label) blocks.push({ kind: 'heading', id: node.id, group: node, level });
      blocks.push(...blocksOf(node.children, node.label ? Math.min(level + 1, 4) : level));
    } else if (node.kind === 'repeat') {
      blocks.push({ kind: 'repeat', id: node.id, repeat: node });
    } else if (node.kind === 'image') {
      const slots = run(nodes, index);
      slots.forEach((slot) => taken.add(slot));
      blocks.push({ kind: 'photos', id: node.id, slots });
    } else {
      const verified = partner(nodes, node);
      if (verified) taken.add(verified);
      blocks.push(verified ? { kind: 'pair', id: node.id, reported: node, verified } : { kind: 'question', id: node.id, question: node });
    }
  });
  return blocks;
}

function run(nodes: readonly FormNode[], from: number): Question[] {
  const slots: Question[] = [];
  for (let node = nodes[from]; node?.kind === 'image'; node = nodes[from + slots.length]) slots.push(node);
  return slots;
}

function partner(nodes: readonly FormNode[], node: Question): Question | undefined {
  if (node.kind !== 'integer' || !node.name.endsWith(REPORTED)) return undefined;
  const name = node.name.slice(0, -REPORTED.length) + VERIFIED;
  return nodes.find((other): other is Question => other.kind === 'integer' && other.name === name);
}

export function questionsIn(block: Block): Question[] {
  switch (block.kind) {
    case 'question':
      return [block.question];
    case 'pair':
      return [block.reported, block.verified];
    case 'photos':
      return block.slots;
    default:
      return [];
  }
}

export function isShown(block: Block): boolean {
  if (block.kind === 'heading') return block.group.shown;
  if (block.kind === 'repeat') return block.repeat.shown;
  return questionsIn(block).some((question) => question.shown);
}

/** Blocks in portions of about `size`, each heading with what follows it. */
export function portions(blocks: Block[], size: number): Block[][] {
  const found: Block[][] = [];
  let current: Block[] = [];
  for (const block of blocks) {
    const full = current.length >= size || (block.kind === 'heading' && current.length >= size / 2) || block.kind === 'repeat';
    if (full && current.length > 0 && !current.every((one) => one.kind === 'heading')) {
      found.push(current);
      current = [];
    }
    current.push(block);
  }
  if (current.length > 0) found.push(current);
  return found;
}

/** What two labels share at their beginning, without the brackets and dashes the rest hung on; '' if that says nothing. */
export function commonLabel(one: string, other: string): string {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  const shared = one.slice(0, length).replace(/[\s（(【[：:—–、，,·-]+$/, '');
  return /\p{L}{2}/u.test(shared) ? shared : '';
}
