import { type Baseline, type BaselineThread, FIGURES, type FigureName } from './document.ts';

/**
 * - `moved`: a number is another one than accepted.
 * - `missing`: the scenario has no baseline yet.
 * - `stale`: the baseline's scenario does not ship any more.
 */
export type BaselineStatus = 'same' | 'moved' | 'missing' | 'stale';

export interface BaselineFinding {
  readonly scenario: string;
  readonly status: BaselineStatus;
  /** True when the scenario itself was changed, so that other numbers are to be expected. */
  readonly scenarioChanged: boolean;
  readonly moves: readonly Move[];
}

/** A figure that moved; `figure` is "digest" when only what no figure shows is different. */
export interface Move {
  readonly thread: string;
  readonly figure: FigureName | 'samples' | 'digest' | 'presence';
  readonly before: number | string | null;
  readonly after: number | string | null;
}

/** Holds a fresh baseline against the accepted one; either may be absent. */
export function checkBaseline(accepted: Baseline | undefined, fresh: Baseline | undefined): BaselineFinding {
  const scenario = (fresh ?? accepted)!.scenario;
  if (accepted === undefined) return { scenario, status: 'missing', scenarioChanged: false, moves: [] };
  if (fresh === undefined) return { scenario, status: 'stale', scenarioChanged: false, moves: [] };
  const scenarioChanged = accepted.scenario_hash !== fresh.scenario_hash;
  const names = new Set([...accepted.threads, ...fresh.threads].map((thread) => thread.name));
  const moves = [...names].flatMap((name) =>
    movesOf(
      accepted.threads.find((thread) => thread.name === name),
      fresh.threads.find((thread) => thread.name === name),
    ),
  );
  const same = moves.length === 0 && !scenarioChanged;
  return { scenario, status: same ? 'same' : 'moved', scenarioChanged, moves };
}

function movesOf(before: BaselineThread | undefined, after: BaselineThread | undefined): Move[] {
  const thread = (after ?? before)!.name;
  if (before === undefined || after === undefined) {
    const state = (one: BaselineThread | undefined) => (one === undefined ? 'absent' : 'present');
    return [{ thread, figure: 'presence', before: state(before), after: state(after) }];
  }
  if (before.digest === after.digest) return [];
  const figures = FIGURES.map((figure) => ({
    thread,
    figure,
    before: before.figures[figure] ?? null,
    after: after.figures[figure],
  }));
  const samples = { thread, figure: 'samples' as const, before: before.samples, after: after.samples };
  const moved = [samples, ...figures].filter((one) => one.before !== one.after);
  return moved.length > 0
    ? moved
    : [{ thread, figure: 'digest', before: before.digest, after: after.digest }];
}
