import type { CallNode, Node } from './node.ts';

/** What a turn does on its way: asks something, or comes to a place where it may call a function of few effects. */
export type Step =
  | { readonly kind: 'test'; readonly test: Node; readonly outcome: boolean }
  | { readonly kind: 'call'; readonly call: CallNode };

/** What a turn leaves in memory. */
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

/** All ways that turns have gone, and how many; null where none did. */
export type PathTree = TestTree | CallTree | EndTree;

export interface TestTree {
  readonly kind: 'test';
  readonly test: Node;
  readonly yes: PathTree | null;
  readonly no: PathTree | null;
  readonly turns: number;
}

export interface CallTree {
  readonly kind: 'call';
  readonly call: CallNode;
  readonly next: PathTree | null;
  readonly turns: number;
}

export interface EndTree {
  readonly kind: 'end';
  readonly stores: readonly Store[];
  readonly turns: number;
}

/** Whether a path asks and calls the same as those in the tree, up to where it goes another way. */
export function fits(tree: PathTree, { steps }: Path): boolean {
  let node: PathTree | null = tree;
  for (const step of steps) {
    if (node === null) return true;
    if (step.kind === 'call') {
      if (node.kind !== 'call' || node.call !== step.call) return false;
      node = node.next;
    } else {
      if (node.kind !== 'test' || node.test !== step.test) return false;
      node = step.outcome ? node.yes : node.no;
    }
  }
  return node === null || node.kind === 'end';
}

/** The tree with a path more that fits it, from one of its steps on, that so many turns went. */
export function withPath(tree: PathTree | null, path: Path, turns: number, index = 0): PathTree {
  const step = path.steps[index];
  const node = tree ?? (step === undefined ? endOf(path) : beginOf(step));
  const counted = { ...node, turns: node.turns + turns };
  if (step === undefined) return counted;
  if (step.kind === 'call') {
    if (counted.kind !== 'call' || counted.call !== step.call) throw new Error('turns that call differently');
    return { ...counted, next: withPath(counted.next, path, turns, index + 1) };
  }
  if (counted.kind !== 'test' || counted.test !== step.test) throw new Error('turns that ask differently');
  const side = step.outcome ? 'yes' : 'no';
  return { ...counted, [side]: withPath(counted[side], path, turns, index + 1) };
}

function endOf({ stores }: Path): EndTree {
  return { kind: 'end', stores, turns: 0 };
}

function beginOf(step: Step): PathTree {
  return step.kind === 'call'
    ? { kind: 'call', call: step.call, next: null, turns: 0 }
    : { kind: 'test', test: step.test, yes: null, no: null, turns: 0 };
}

/** What its first step is made of. */
export function valuesAt(tree: PathTree): Node[] {
  if (tree.kind === 'test') return [tree.test];
  if (tree.kind === 'call') return [tree.call.test, ...tree.call.operands];
  return tree.stores.flatMap(({ base, value }) => [base, value]);
}

/** The ends of all ways. */
export function endsOf(tree: PathTree | null): EndTree[] {
  if (tree === null) return [];
  if (tree.kind === 'end') return [tree];
  return tree.kind === 'call' ? endsOf(tree.next) : [...endsOf(tree.yes), ...endsOf(tree.no)];
}

/** The tree with only those ways that come to such an end. */
export function withEnds(tree: PathTree | null, ends: ReadonlySet<EndTree>): PathTree | null {
  if (tree === null) return null;
  if (tree.kind === 'end') return ends.has(tree) ? tree : null;
  if (tree.kind === 'call') {
    const next = withEnds(tree.next, ends);
    return next === null ? null : { ...tree, next, turns: next.turns };
  }
  const [yes, no] = [withEnds(tree.yes, ends), withEnds(tree.no, ends)];
  if (yes === null && no === null) return null;
  return { ...tree, yes, no, turns: (yes?.turns ?? 0) + (no?.turns ?? 0) };
}

/** Tells paths apart. */
export function signatureOf({ steps }: Path): string {
  return steps.map((step) => (step.kind === 'call' ? '' : `${step.test.number}${step.outcome}`)).join();
}

/** All calls that paths may make. */
export function callsOf(tree: PathTree | null): CallNode[] {
  const calls: CallNode[] = [];
  const open = [tree];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node?.kind === 'call') {
      calls.push(node.call);
      open.push(node.next);
    } else if (node?.kind === 'test') open.push(node.yes, node.no);
  }
  return calls;
}
