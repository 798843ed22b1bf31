import { execFileSync } from 'node:child_process';
import type { CaseName } from './cases.ts';
import { type GrowthCost, type GrowthSetting, measurePoint } from './growth.ts';
import { countCase, type WorkPerLoop } from './work.ts';

/** What must not disturb the other measurements of a process, or be disturbed by them. */
type Work = { readonly count: CaseName } | { readonly point: GrowthSetting };

export async function countAside(name: CaseName): Promise<WorkPerLoop> {
  return askAside({ count: name });
}

export async function measurePointAside(point: GrowthSetting): Promise<GrowthCost> {
  return askAside({ point });
}

/** Does in this process what another one asked for. */
export async function doAside(text: string): Promise<unknown> {
  const work = JSON.parse(text) as Work;
  return 'count' in work ? countCase(work.count) : measurePoint(work.point);
}

function askAside<Answer>(work: Work): Answer {
  const args = [process.argv[1], '--aside', JSON.stringify(work)];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}
