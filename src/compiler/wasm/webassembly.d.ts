/** The part of the WebAssembly interface that is used here; Node's own types leave it to those of browsers. */
declare namespace WebAssembly {
  type ImportValue = Memory | ((...numbers: number[]) => number | undefined);

  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }

  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, ImportValue>>);
    readonly exports: Record<string, unknown>;
  }

  class Memory {
    constructor(limits: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
}
