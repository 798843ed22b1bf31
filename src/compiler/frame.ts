import type { Join } from './join.ts';
import type { FunctionNode, ModelClass, ModelModule } from './source.ts';
import type { Value } from './values.ts';

/** Variables by name. Steady values only: what later statements do does not change them. */
export type Environment = Map<string, Value>;

/** An arrow function as a value: its text and what it sees. */
export class Closure {
  constructor(
    readonly node: FunctionNode,
    readonly frame: Frame,
    readonly variables: Environment,
  ) {}
}

/** A call that is being compiled in place. */
export interface Frame {
  readonly node: FunctionNode;
  readonly module: ModelModule;
  /** The class whose method it is. */
  readonly owner: ModelClass | null;
  readonly self: Value;
  variables: Environment;
  /** Variables of the functions around it. */
  readonly outer: Environment | null;
  /** Where its returns lead. */
  readonly end: Join;
  /** Innermost last. */
  readonly breaks: Join[];
  readonly continues: Join[];
}
