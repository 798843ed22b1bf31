import { Op } from '../wasm/opcodes.ts';
import { Disturbed } from './disturbed.ts';
import type { CallNode, Node } from './node.ts';
import type { Step } from './path-tree.ts';

/** More tests than these make no chain: a machine that is still to settle makes many turns for its first sample. */
const MOST_STEPS = 1500;

/** The way that a turn takes. */
export class Turn {
  readonly steps: Step[] = [];
  latestCall: CallNode | null = null;
  private readonly asked = new Set<Node>();
  /** Values that tests have shown to be constants. */
  private readonly constants = new Map<Node, Node>();
  private silence = 0;

  /** Code runs of which only its effects matter, not its way. */
  get isSilent(): boolean {
    return this.silence > 0;
  }

  silently(body: () => void): void {
    this.silence++;
    body();
    this.silence--;
  }

  /** Which way a test goes. Each is asked once. */
  decide(test: Node): boolean {
    if (test.kind === 'operate' && test.opcodes[0] === Op.i32Eqz) return !this.decide(test.operands[0]);
    const outcome = test.now !== 0;
    if (test.kind === 'const' || this.isSilent || this.asked.has(test)) return outcome;
    this.refuseLong();
    this.asked.add(test);
    this.steps.push({ kind: 'test', test, outcome });
    const [one, other] = test.operands;
    if (outcome && test.opcodes[0] === Op.i32Eq && other.kind === 'const') this.constants.set(one, other);
    return outcome;
  }

  private refuseLong(): void {
    if (this.steps.length >= MOST_STEPS) throw new Disturbed('a turn that takes too long');
  }

  call(call: CallNode): void {
    this.refuseLong();
    this.steps.push({ kind: 'call', call });
    this.latestCall = call;
  }

  /** The constant that a value has been shown to be. */
  constantOf(value: Node): Node | null {
    return this.constants.get(value) ?? null;
  }
}
