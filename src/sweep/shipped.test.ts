import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kvmtimer } from '../testing/command.ts';
import { folderWith } from '../testing/folder.ts';
import { FAKE_WORKER } from '../testing/sweeps.ts';
import { poolExecutor } from './executors/pool.ts';
import { sweepJsonSchemaText } from './json-schema.ts';
import { loadSweep } from './load/load.ts';
import { metricOf } from './metric.ts';
import { plot } from './output/plot.ts';
import { runSweep } from './run-sweep.ts';

const SCENARIOS = new URL('../../scenarios/', import.meta.url);
const SHIPPED = readdirSync(new URL('sweeps', SCENARIOS)).map((file) => file.replace('.json', ''));

describe('scenarios/sweep.schema.json', () => {
  it('is what the checks are made from', () => {
    expect(readFileSync(new URL('sweep.schema.json', SCENARIOS), 'utf8')).toBe(sweepJsonSchemaText());
  });
});

describe('shipped sweeps', () => {
  it('are those that the document names', () => {
    expect(SHIPPED.sort()).toEqual([
      'cpu-generations',
      'halt-polling',
      'host-hz-isolation',
      'interval',
      'kernel-versions',
      'lapic-timer-advance',
      'timer-mode-idle-polling',
    ]);
  });

  it('stand in the document as they are', () => {
    const document = readFileSync(new URL('../docs/sweep.md', SCENARIOS), 'utf8');
    expect(document).toContain(readFileSync(new URL('sweeps/halt-polling.json', SCENARIOS), 'utf8'));
    for (const name of SHIPPED) expect(document).toContain(`| \`${name}\` |`);
  });

  it.each(SHIPPED)(
    '%s can be loaded by its name, and each of its points gives a different result',
    async (name) => {
      const { plan } = await loadSweep(name);
      expect(plan.definition.sweep.name).toBe(name);
      const executor = poolExecutor({ threads: 1, workerFile: FAKE_WORKER });
      const journal = `${folderWith({})}/journal.ndjson`;
      const { results } = await runSweep({ plan, executor, journal, mode: 'new' });
      const records = Array.from({ length: plan.size }, (_, index) => JSON.stringify(results.get(index)));
      expect(new Set(records).size).toBe(plan.size);
      expect(plot({ plan, results }, metricOf('max', [], ''))).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    },
  );

  it('run on the real engine', async () => {
    const folder = folderWith({});
    const args = [
      'sweep',
      'host-hz-isolation',
      '--set',
      'workload.loops=200',
      '--format',
      'csv',
      '--metric',
      'p90',
    ];
    const { code, stdout, stderr } = await kvmtimer(args, { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [head, ...rows] = stdout.trimEnd().split('\n');
    expect(head).toBe(
      'point,host.kernel.hz,host.kernel.nohz_full,vcpus.0.pcpu.isolated,repeat,samples,min_ns,mean_ns,p50_ns,p90_ns,p99_ns,p99.9_ns,p99.99_ns,max_ns,warnings,error',
    );
    expect(rows).toHaveLength(12);
    expect(rows.every((row) => /,1,200,\d+,[\d.]+,/.test(row))).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });
});
