import { z } from 'zod';
import { UserError } from '../../user-error.ts';
import { judge, type Score, summarise } from './judge.ts';
import type { LoadedExperiment } from './load.ts';
import { KINDS } from './report.ts';

export const SCOREBOARD_DOCUMENT = 'kvmtimer-scoreboard';

/** The scoreboard for programs. */
export function scoreboardJson(scores: readonly Score[], seeds: number): string {
  const document = {
    document: SCOREBOARD_DOCUMENT,
    seeds,
    summary: Object.fromEntries(KINDS.map((kind) => [kind, summarise(scores, kind)])),
    rows: scores.map(({ experiment, row, ...score }) => ({
      experiment,
      id: row.id,
      what: row.what,
      kind: row.kind,
      measure: row.metric.measure,
      published: row.published,
      median: score.median,
      spread: score.spread,
      error_percent: score.errorPercent,
      sign_right: score.signRight,
      within_tolerance: score.withinTolerance,
      scenario_hashes: score.scenarioHashes,
      values: score.values,
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const documentSchema = z.object({
  document: z.literal(SCOREBOARD_DOCUMENT),
  rows: z.array(
    z.object({
      experiment: z.string(),
      id: z.string(),
      scenario_hashes: z.array(z.string()),
      values: z.array(z.number()).min(1),
    }),
  ),
});

/** Reads a scoreboard back; rows that no experiment has any more are an error ("scoreboard-invalid"). */
export function parseScoreboard(text: string, experiments: readonly LoadedExperiment[]): Score[] {
  const parsed = documentSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new UserError('scoreboard-invalid', { message: parsed.error.message });
  return parsed.data.rows.map(({ experiment: name, id, scenario_hashes, values }) => {
    const experiment = experiments.find((loaded) => loaded.experiment.id === name)?.experiment;
    const row = experiment?.rows.find((candidate) => candidate.id === id);
    if (row === undefined)
      throw new UserError('scoreboard-invalid', { message: `no experiment has the row ${name}/${id}` });
    return judge(name, row, { scenarioHashes: scenario_hashes, values });
  });
}
