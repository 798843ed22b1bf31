import type { FunctionRef } from './functions.ts';
import type { ObjectGraph } from './graph.ts';
import { placeOf } from './places.ts';
import type { HostArgument, HostImportData, HostTask } from './program-data.ts';
import { type Known, Unsupported, type Value } from './values.ts';
import type { ImportCode, WasmType } from './wasm/code.ts';

interface HostImport extends ImportCode {
  readonly task: (graph: ObjectGraph) => HostTask;
}

/** What compiled code leaves to the model itself: functions that it cannot express, and errors. */
export class Hosts {
  readonly imports: HostImport[] = [];
  private readonly known = new Map<string, HostImport>();

  /** Throws an error whose text has the numbers that are given between its parts. */
  raiseOf(texts: readonly string[]): ImportCode {
    const params = texts.slice(1).map(() => 'f64' as const);
    return this.add(`raise ${texts.join('%')}`, params, null, () => ({ kind: 'raise', texts }));
  }

  /** Calls the model's own function. `isPure`: it looks at nothing that changes and changes nothing. */
  callOf(
    { name, original, self }: FunctionRef,
    key: string,
    values: readonly Value[],
    result: WasmType | null,
    isPure: boolean,
  ): ImportCode {
    if (original === null) throw new Unsupported(`${name} beyond compiled code`);
    const params = values.filter((value) => !value.known).map(() => 'f64' as const);
    return this.add(`${key} ${isPure}`, params, result, (graph) => ({
      kind: 'call',
      callee: { ...original, self: placeOf(graph, (self as Known).value) },
      args: values.map((value) => argumentOf(graph, value)),
      result,
      isPure,
    }));
  }

  describe(graph: ObjectGraph): HostImportData[] {
    return this.imports.map(({ name, task }) => ({ name, task: task(graph) }));
  }

  private add(
    key: string,
    params: readonly WasmType[],
    result: WasmType | null,
    task: HostImport['task'],
  ): HostImport {
    let found = this.known.get(key);
    if (found === undefined) {
      found = { name: `host${this.imports.length}`, params, result, index: 0, task };
      this.imports.push(found);
      this.known.set(key, found);
    }
    return found;
  }
}

function argumentOf(graph: ObjectGraph, value: Value): HostArgument {
  return value.known ? { known: placeOf(graph, value.value) } : { type: value.type };
}
