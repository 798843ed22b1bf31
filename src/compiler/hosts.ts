import type { FunctionRef } from './functions.ts';
import type { MachineMemory } from './memory.ts';
import type { Twin } from './twin.ts';
import { type Known, Unsupported, type Value } from './values.ts';
import type { ImportCode, WasmType } from './wasm/code.ts';

/** How many parameters and results a function of the model's side has, and what it does there. */
export interface HostImport extends ImportCode {
  /** Made for the memory that the code runs on. */
  readonly bind: (sideNow: () => HostSide) => (...numbers: number[]) => number | undefined;
}

/** The model's side of running code: the machine that it runs on at the moment. */
export interface HostSide {
  readonly memory: MachineMemory;
  readonly twin: Twin;
  /** How often the model's own functions have been called. */
  calls: number;
}

/** What compiled code leaves to the model itself: functions that it cannot express, and errors. */
export class Hosts {
  readonly imports: HostImport[] = [];
  private readonly known = new Map<string, HostImport>();

  /** Throws an error whose text has the numbers that are given between its parts. */
  raiseOf(texts: readonly string[]): HostImport {
    return this.add(
      `raise ${texts.join('%')}`,
      texts.slice(1).map(() => 'f64' as const),
      null,
      () => {
        return (...numbers) => {
          throw new Error(texts.map((text, index) => text + (numbers[index] ?? '')).join(''));
        };
      },
    );
  }

  /** Calls the model's own function. `isPure`: it looks at nothing that changes and changes nothing. */
  callOf(
    ref: FunctionRef,
    key: string,
    values: readonly Value[],
    result: WasmType | null,
    isPure: boolean,
  ): HostImport {
    const { original } = ref;
    if (original === null) throw new Unsupported(`${ref.name} beyond compiled code`);
    const isNumber = values.map((value) => !value.known);
    const types = values.map((value) => (value.known ? null : value.type));
    const constants = values.map((value) => (value as Known).value);
    const params = values.filter((value) => !value.known).map(() => 'f64' as const);
    return this.add(`${key} ${isPure}`, params, result, (sideNow) => (...numbers) => {
      const side = sideNow();
      const { memory, twin } = side;
      let next = 0;
      const given = constants.map((constant, index) => {
        if (!isNumber[index]) return twin.here(constant);
        const number = numbers[next++];
        if (types[index] === 'pointer') return memory.objectAt(number);
        return types[index] === 'bool' ? number === 1 : number;
      });
      const self = twin.here((ref.self as Known).value);
      if (isPure) return asNumber(ref, original(self, given), result);
      side.calls++;
      memory.readFields();
      const returned = original(self, given);
      memory.writeFields();
      return asNumber(ref, returned, result);
    });
  }

  private add(
    key: string,
    params: readonly WasmType[],
    result: WasmType | null,
    bind: HostImport['bind'],
  ): HostImport {
    let found = this.known.get(key);
    if (found === undefined) {
      found = { name: `host${this.imports.length}`, params, result, index: 0, bind };
      this.imports.push(found);
      this.known.set(key, found);
    }
    return found;
  }
}

function asNumber({ name }: FunctionRef, returned: unknown, result: WasmType | null): number | undefined {
  if (result === null) return undefined;
  if (returned === null) return Number.NaN;
  if (typeof returned === 'number' || typeof returned === 'boolean') return Number(returned);
  throw new Error(`${name} returned ${String(returned)} to compiled code`);
}
