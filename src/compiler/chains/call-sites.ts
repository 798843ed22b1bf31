import type { FunctionCode } from '../wasm/code.ts';

/** A function with more places than these where it might be called is expected only where it has been seen … */
const MANY = 32;
/** … unless it has been seen at more than these: then it may be called anywhere. */
const FEW = 10;

/** Where on a turn functions with few effects might be called, by their order, and where they have been. */
export class CallSites {
  private readonly known = new Map<FunctionCode, { count: number; readonly made: Set<number> }>();

  note(callee: FunctionCode, site: number, isMade: boolean): void {
    const sites = this.known.get(callee) ?? { count: 0, made: new Set<number>() };
    this.known.set(callee, sites);
    sites.count = Math.max(sites.count, site + 1);
    if (isMade) sites.made.add(site);
  }

  /** Whether a call there must be provided for; elsewhere it disturbs the turn. */
  isLikely(callee: FunctionCode, site: number): boolean {
    const sites = this.known.get(callee);
    if (sites === undefined || sites.count <= MANY || sites.made.size > FEW) return true;
    return sites.made.has(site);
  }
}
