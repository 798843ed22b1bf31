import { describe, expect, test } from 'vitest';
import { packModel } from './build/pack.ts';
import { namesMentioned } from './footprint.ts';
import { ObjectGraph } from './graph.ts';
import { ModelSource } from './source.ts';

const TEXT = `
import { helper } from './helper.js';
class Part {
  constructor() { this.inner = 0; }
  touch() { this.inner++; }
  get half() { return this.whole / 2; }
}
export class Machine {
  constructor(part, given) {
    this.part = part;
    this.given = given;
    this.later = () => this.kept;
  }
  reads() { const { first, second: other } = this; return first + other; }
  calls() { this.part.touch(); }
  asks() { return this.part.half; }
  builds() { return new Part(); }
  helps() { return helper(this); }
  runsLater() { return this.later(); }
  passesOn() { return [1].map(this.later); }
  runsGiven() { return this.given(); }
  runsVariable() { const { given } = this; return given(); }
  spreads() { return { ...this }; }
}
`;

class Part {
  inner = 0;
}
class Machine {
  readonly later = () => 0;

  constructor(
    readonly part: Part,
    readonly given: () => number,
  ) {}
}

const TEXTS: Readonly<Record<string, string>> = {
  'machine.js': TEXT,
  'helper.js': 'export function helper({ helped }) { return helped; }',
};

class SourceInMemory extends ModelSource {
  override textOf(path: string): string {
    return TEXTS[path];
  }
}

const source = new SourceInMemory(packModel(TEXTS), new URL('file:///'));
const graph = new ObjectGraph(new Machine(new Part(), () => 1), source);

function namesOf(method: string): string[] | null {
  const { node, owner } = graph.classOf(graph.root)!.method(method)!;
  const names = namesMentioned(node, owner.module, graph);
  return names === null ? null : [...names].sort();
}

describe('the names that a method can touch', () => {
  test.each([
    ['reads', ['first', 'second']],
    ['calls', ['inner', 'part', 'touch']],
    ['asks', ['half', 'part', 'whole']],
    ['builds', ['inner']],
    ['helps', ['helped']],
    ['runsLater', ['kept', 'later']],
  ])('%s: those that it and what it calls mention', (method, names) => {
    expect(namesOf(method)).toEqual(names);
  });

  test.each(['runsGiven', 'runsVariable', 'spreads'])('%s: cannot be told', (method) => {
    expect(namesOf(method)).toBeNull();
  });
});
