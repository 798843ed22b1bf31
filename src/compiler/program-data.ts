import type { Room } from './chains/room.ts';
import type { Place } from './places.ts';
import type { TypedArray, ValueType } from './values.ts';
import type { WasmType } from './wasm/code.ts';

/** A field of a machine: of the object at a position. */
export interface FieldPlace {
  readonly object: number;
  readonly key: string;
}

/** One field of many objects, in the memory of compiled code. */
export interface ColumnInMemory {
  readonly key: string;
  readonly type: ValueType;
  /** Whether anything but a constructor writes it. */
  readonly changes: boolean;
  /** Whether it is looked at from outside between two calls. */
  readonly isVisible: boolean;
  /** The position of each object and the address of its field, by turns. */
  readonly places: Int32Array;
}

/** A field that holds one of a few values: which, by the number that stands for each. */
export interface ChoiceInMemory extends FieldPlace {
  readonly address: number;
  readonly choices: readonly (readonly [number, Place])[];
}

/** A typed array in memory, or the place that is kept for it. */
export interface ArrayInMemory {
  readonly address: number;
  readonly length: number;
  /** Fields that hold it; none for a table of the model's, which is the same for all machines. */
  readonly owners: readonly FieldPlace[];
  readonly table: TypedArray | null;
}

/** A field that compiled code takes for constant. */
export interface ConstantField extends FieldPlace {
  readonly value: Place;
}

/** A value that a function of the model is given: one that is known, or the next number. */
export type HostArgument = { readonly known: Place } | { readonly type: ValueType };

/** The model's own function: a method of an object, or a function of a module. */
export interface HostFunction {
  readonly self: Place;
  readonly module: string | null;
  readonly name: string;
}

/** What compiled code leaves to the model itself. */
export type HostTask =
  | { readonly kind: 'raise'; readonly texts: readonly string[] }
  | {
      readonly kind: 'call';
      readonly callee: HostFunction;
      readonly args: readonly HostArgument[];
      readonly result: WasmType | null;
      /** It looks at nothing that changes and changes nothing. */
      readonly isPure: boolean;
    };

export interface HostImportData {
  readonly name: string;
  readonly task: HostTask;
}

/** Chains: code for turns that nothing disturbs, which leaves the others to the program. */
export interface ChainsData {
  readonly module: WebAssembly.Module;
  /** Addresses of integers in memory and what they must be, by turns. */
  readonly assumed: Int32Array;
}

/** Compiled code and all that is needed to run it on machines of its kind: plain data, for any thread. */
export interface ProgramData {
  readonly module: WebAssembly.Module;
  /** Names of the classes of the machine's objects, in order. */
  readonly classes: readonly string[];
  readonly functions: number;
  /** Which fields hold the same typed arrays: that differs between machines of otherwise one kind. */
  readonly sharing: string;
  readonly chains: ChainsData | null;
  readonly room: Room;
  /** Bytes of memory that the code knows of. */
  readonly size: number;
  readonly columns: readonly ColumnInMemory[];
  readonly choices: readonly ChoiceInMemory[];
  readonly arrays: readonly ArrayInMemory[];
  /** Objects that code handles by their addresses. */
  readonly placed: readonly (readonly [address: number, object: number])[];
  readonly constants: readonly ConstantField[];
  readonly imports: readonly HostImportData[];
}
