import type { CallNode, Node } from './nodes.ts';

export type Step =
  | { readonly kind: 'test'; readonly test: Node; readonly outcome: boolean }
  | { readonly kind: 'call'; readonly call: CallNode };

export interface Store {
  readonly opcode: number;
  readonly base: Node;
  readonly offset: number;
  readonly value: Node;
}

/** One turn as it went. */
export interface Path {
  readonly steps: readonly Step[];
  readonly stores: readonly Store[];
}

/** All ways that turns have been seen to go; null where none did. */
export type PathTree =
  | { readonly kind: 'test'; readonly test: Node; yes: PathTree | null; no: PathTree | null }
  | { readonly kind: 'call'; readonly call: CallNode; next: PathTree | null }
  | { readonly kind: 'end'; readonly stores: readonly Store[] };

/** The tree with one more path. */
export function withPath(tree: PathTree | null, path: Path, index = 0): PathTree {
  if (index === path.steps.length) return tree ?? { kind: 'end', stores: path.stores };
  const step = path.steps[index];
  const node = tree ?? nodeOf(step);
  if (step.kind === 'call') {
    if (node.kind !== 'call' || node.call !== step.call) throw new Error('paths that call differently');
    node.next = withPath(node.next, path, index + 1);
  } else {
    if (node.kind !== 'test' || node.test !== step.test) throw new Error('paths that test differently');
    if (step.outcome) node.yes = withPath(node.yes, path, index + 1);
    else node.no = withPath(node.no, path, index + 1);
  }
  return node;
}

function nodeOf(step: Step): PathTree {
  return step.kind === 'call'
    ? { kind: 'call', call: step.call, next: null }
    : { kind: 'test', test: step.test, yes: null, no: null };
}

/** Tells paths apart. */
export function signatureOf({ steps }: Path): string {
  return steps.map((step) => (step.kind === 'call' ? 'c' : `${step.test.number}${step.outcome ? 'y' : 'n'}`)).join(' ');
}
