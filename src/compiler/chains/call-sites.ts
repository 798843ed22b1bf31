import type { FunctionCode } from '../wasm/code.ts';

/** A function with more places than these where it might be called is expected only where it has been seen … */
const MANY = 32;
/** … unless it has been seen at more than these: then it may be called anywhere. */
const FEW = 10;

/** Where on a turn functions with few effects might be called, and where they have been. */
export class CallSites {
  private readonly known = new Map<FunctionCode, { readonly all: Set<string>; readonly made: Set<string> }>();

  note(callee: FunctionCode, site: string, isMade: boolean): void {
    const { all, made } = this.known.get(callee) ?? { all: new Set<string>(), made: new Set<string>() };
    this.known.set(callee, { all: all.add(site), made: isMade ? made.add(site) : made });
  }

  /** Whether a call there must be provided for; elsewhere it disturbs the turn. */
  isLikely(callee: FunctionCode, site: string): boolean {
    const sites = this.known.get(callee);
    if (sites === undefined || sites.all.size <= MANY || sites.made.size > FEW) return true;
    return sites.made.has(site);
  }
}
