import type { ObjectGraph } from './graph.ts';
import { valueAt } from './places.ts';
import type { ProgramData } from './program-data.ts';

/** What the fields that hold one of a few values may hold in a machine, and the number of each in compiled code. */
export class ChoiceTables {
  private readonly numbers = new Map<number, Map<unknown, number>>();
  private readonly values = new Map<number, Map<number, unknown>>();

  constructor(
    private readonly data: ProgramData,
    graph: ObjectGraph,
  ) {
    for (const { address, choices } of data.choices) {
      const values = choices.map(([number, place]) => [number, valueAt(graph, place)] as const);
      this.values.set(address, new Map(values));
      this.numbers.set(address, new Map(values.map(([number, value]) => [value, number])));
    }
  }

  numberOf(address: number, value: unknown): number {
    const number = this.numbers.get(address)?.get(value);
    if (number === undefined)
      throw new Error(`compiled code does not know ${String(value)} in ${this.nameOf(address)}`);
    return number;
  }

  valueOf(address: number, number: number): unknown {
    return this.values.get(address)!.get(number);
  }

  private nameOf(address: number): string {
    const { object, key } = this.data.choices.find((choice) => choice.address === address)!;
    return `${this.data.classes[object]}.${key}`;
  }
}
