import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { BINARY, kvmtimer } from '../../testing/command.ts';
import { folderWith } from '../../testing/folder.ts';
import { freePort } from '../../testing/redis.ts';

const BASE = { workload: { tool: 'cyclictest', loops: 1000 } };
const SWEEP = {
  name: 'demo',
  base: BASE,
  vary: { 'host.kvm.enable_hv_timer': [true, false], 'workload.interval_us': [100, 1000] },
};
const demo = (more: object = {}) => folderWith({ 'sweep.json': { ...SWEEP, ...more } });

describe('kvmtimer sweep', () => {
  it('prints each point, best first, and what each parameter does', async () => {
    const { code, stdout, stderr } = await kvmtimer(['sweep', 'sweep.json', '--metric', 'mean'], {
      cwd: demo(),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^demo: 4 points; latencies in µs\n\nBy mean, best first\n/);
    expect(stdout).toMatch(/\nMain effects on mean\n +parameter +best +worst +span +variance\n/);
    expect(stdout).toMatch(/\n {2}host\.kvm\.enable_hv_timer +true +[\d.]+ +false +[\d.]+ +[\d.]+ +\d+ %\n/);
    expect(stdout).toMatch(
      /\nStrongest interaction: host\.kvm\.enable_hv_timer × workload\.interval_us, up to [\d.]+ µs/,
    );
  });

  it('prints the same bytes for any number of threads', async () => {
    const [one, two] = await Promise.all(
      ['1', '2'].map((jobs) =>
        kvmtimer(['sweep', 'sweep.json', '--format', 'ndjson', '-j', jobs], { cwd: demo() }),
      ),
    );
    expect(one.stdout.trimEnd().split('\n')).toHaveLength(4);
    expect(JSON.parse(one.stdout.split('\n')[1])).toMatchObject({
      point: 1,
      parameters: { 'host.kvm.enable_hv_timer': true, 'workload.interval_us': 1000 },
      samples: 1000,
    });
    expect(two).toEqual(one);
  });

  it('reads standard input and leaves no file behind', async () => {
    const folder = folderWith({});
    const input = JSON.stringify(SWEEP);
    const { code, stdout } = await kvmtimer(['sweep', '-', '--format', 'json'], { cwd: folder, input });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      document: 'kvmtimer-sweep-result',
      name: 'demo',
      partial: false,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('writes points and picture, by the ending of the file', async () => {
    const folder = demo();
    const args = ['sweep', 'sweep.json', '-o', 'points.parquet', '--plot', 'demo.svg'];
    const { code, stderr } = await kvmtimer(args, { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const parquet = readFileSync(`${folder}/points.parquet`);
    expect([parquet.subarray(0, 4).toString(), parquet.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1']);
    expect(readFileSync(`${folder}/demo.svg`, 'utf8')).toContain('<title>demo: p99 in µs</title>');
  });

  it('points at the best configuration, and at the Pareto set of two goals', async () => {
    const folder = demo();
    const best = await kvmtimer(['sweep', 'sweep.json', '--goal', 'min mean'], { cwd: folder });
    expect(best.stdout).toMatch(/\nBest for min mean\n.*\n {2}\d +true /);
    const args = ['sweep', 'sweep.json', '--goal', 'min mean', '--goal', 'max workload.interval_us'];
    const both = await kvmtimer([...args, '--format', 'json'], { cwd: folder });
    const { best: front } = JSON.parse(both.stdout);
    expect(front.at(-1).parameters).toEqual({
      'host.kvm.enable_hv_timer': true,
      'workload.interval_us': 1000,
    });
  });

  it('tells with --dry-run what it would do', async () => {
    const folder = demo({ seeds: 3 });
    const { code, stdout, stderr } = await kvmtimer(['sweep', 'sweep.json', '--dry-run', '-j', '1'], {
      cwd: folder,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^demo: 12 points, about [\w. ]+ on 1 thread\n\n {2}point {2}host.kvm.enable_hv_timer .*repeat\n/,
    );
    expect(stdout).toMatch(/\n {2}and 7 more\n$/);
    const { stdout: all } = await kvmtimer(['sweep', 'sweep.json', '--dry-run', '--format', 'ndjson'], {
      cwd: folder,
    });
    expect(all.trimEnd().split('\n')).toHaveLength(12);
    expect(readdirSync(folder)).toEqual(['sweep.json']);
  });

  const refusals: [string, string[], string][] = [
    ['shard 0/0', ['--shard', '0/0'], 'error: --shard 0/0: cannot be split into 0 shards (i/n with'],
    ['shard 5/4', ['--shard', '5/4'], 'error: --shard 5/4: there is no shard 5 of 4 (i/n with'],
    ['an output that cannot be written', ['-o', 'no/where.csv'], 'error: no/where.csv: cannot be written: '],
    [
      'an output without a format',
      ['-o', 'points.xyz'],
      'error: --output points.xyz: the ending does not tell a format (',
    ],
    ['an output over the sweep', ['-o', 'sweep.json'], 'error: sweep.json: is named twice ('],
    [
      'an unknown metric',
      ['--metric', 'p98'],
      'error: --metric: the sweep keeps no "p98" (it keeps min, mean, p50,',
    ],
    [
      'an unknown goal',
      ['--goal', 'min p98'],
      'error: --goal "min p98": there is no figure "p98" (did you mean "p90"?)',
    ],
    [
      'no goal',
      ['--goal', 'p99'],
      'error: --goal "p99": is no goal (min or max and a figure, as in "min p99.9")',
    ],
    ['contradictions', ['--resume', '--fresh'], 'error: --fresh: contradicts --resume (give one of them)'],
    [
      'a view of one shard',
      ['--shard', '1/2', '--plot', 'x.svg'],
      'error: --plot: one shard is not the whole (give it to `kvmtimer merge`',
    ],
    [
      'a full disk',
      ['--journal', '/dev/full'],
      'error: /dev/full: is no regular file (a journal needs a file of its own)',
    ],
    [
      'a setting of a varied field',
      ['--set', 'workload.interval_us=5'],
      'error: --set workload.interval_us=5: workload.interval_us is varied by the sweep (',
    ],
  ];
  it.each(refusals)('refuses %s with one clear error, before anything runs', async (_, args, message) => {
    const folder = demo();
    const { code, stdout, stderr } = await kvmtimer(['sweep', 'sweep.json', ...args], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.startsWith(message), stderr).toBe(true);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['sweep.json']);
  });

  it('tells an unreachable queue at once, without its password', async () => {
    const url = `redis://:geheim@127.0.0.1:${await freePort()}`;
    const folder = demo();
    for (const args of [
      ['sweep', 'sweep.json', '--queue', url],
      ['worker', '--queue', url],
    ]) {
      const { code, stdout, stderr } = await kvmtimer(args, { cwd: folder });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(
        /^error: --queue: redis:\/\/127\.0\.0\.1:\d+: the Redis server cannot be reached: ECONNREFUSED \(.*\)\n$/,
      );
    }
    expect(readdirSync(folder)).toEqual(['sweep.json']);
  });

  it('ends on Ctrl-C within seconds, says how to go on, and goes on', async () => {
    const folder = demo({ vary: { 'workload.interval_us': { from: 100, to: 2000, step: 1 } } });
    const child = spawn(process.execPath, [BINARY, 'sweep', 'sweep.json'], { cwd: folder });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    await journalGrows(`${folder}/demo.journal.ndjson`, 3);
    child.kill('SIGINT');
    const [code] = await once(child, 'exit');
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /^interrupted: \d+ of 1901 points are kept in demo\.journal\.ndjson\ngo on with the same command and --resume\n$/,
    );
    const again = await kvmtimer(['sweep', 'sweep.json'], { cwd: folder });
    expect(again.stderr).toMatch(
      /^error: demo\.journal\.ndjson: holds \d+ finished points of "demo" \(--resume goes on/,
    );
    const other = await kvmtimer(['sweep', 'sweep.json', '--resume', '--set', 'workload.loops=5'], {
      cwd: folder,
    });
    expect(other.stderr).toMatch(/^error: demo\.journal\.ndjson: belongs to another sweep: /);
  });
});

describe('a sweep that is killed again and again', () => {
  it('ends with the file of an uninterrupted one', async () => {
    const vary = { 'workload.interval_us': { from: 100, to: 400, step: 1 } };
    const folder = folderWith({
      'sweep.json': { ...SWEEP, base: { workload: { tool: 'cyclictest', loops: 100 } }, vary },
    });
    const whole = await kvmtimer(['sweep', 'sweep.json', '-o', 'whole.csv', '--journal', 'whole.ndjson'], {
      cwd: folder,
    });
    expect(whole.code).toBe(0);
    const kills = Number(process.env.KVMTIMER_TEST_KILLS ?? 5);
    const args = [
      BINARY,
      'sweep',
      'sweep.json',
      '--resume',
      '--journal',
      'killed.ndjson',
      '-o',
      'killed.csv',
    ];
    for (let kill = 0; kill < kills; kill++) {
      const child = spawn(process.execPath, args, { cwd: folder, stdio: 'ignore' });
      const exited = once(child, 'exit');
      if (kill % 2 === 0) await Promise.race([journalGrows(`${folder}/killed.ndjson`, 1), exited]);
      await Promise.race([delay(Math.random() * 300), exited]);
      child.kill('SIGKILL');
      await exited;
    }
    const last = await kvmtimer(args.slice(1), { cwd: folder });
    expect({ code: last.code, stderr: last.stderr }).toEqual({ code: 0, stderr: '' });
    expect(last.stdout).toBe(whole.stdout);
    expect(readFileSync(`${folder}/killed.csv`)).toEqual(readFileSync(`${folder}/whole.csv`));
    const lines = (name: string) => readFileSync(`${folder}/${name}`, 'utf8').trimEnd().split('\n');
    expect(lines('killed.ndjson').sort()).toEqual(lines('whole.ndjson').sort());
  });
});

/** Resolves when the journal has `lines` more lines than now. */
async function journalGrows(journal: string, lines: number): Promise<void> {
  const count = () => (existsSync(journal) ? readFileSync(journal, 'latin1').split('\n').length : 0);
  const begin = count();
  while (count() < begin + lines) await delay(10);
}

describe('a sweep whose disk is full', () => {
  it('says so, loses nothing that was finished, and goes on when there is room', async () => {
    const vary = { 'workload.interval_us': { from: 100, to: 160, step: 1 } };
    const folder = demo({ base: { workload: { tool: 'cyclictest', loops: 50 } }, vary });
    // A limit on the size of files stands for the disk: 8 kB, and an error instead of the signal.
    const limited = `trap '' XFSZ; ulimit -f 8; exec ${process.execPath} ${BINARY} sweep sweep.json -j 1`;
    const child = spawn('bash', ['-c', limited], { cwd: folder });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: demo\.journal\.ndjson: the journal cannot be written: EFBIG.* \(points finished so far are kept; .*--resume\)\n$/,
    );
    const kept = readFileSync(`${folder}/demo.journal.ndjson`, 'utf8').split('\n').length - 2;
    expect(kept).toBeGreaterThan(0);
    const resumed = await kvmtimer(['sweep', 'sweep.json', '--resume', '--format', 'csv'], { cwd: folder });
    expect({ code: resumed.code, stderr: resumed.stderr }).toEqual({ code: 0, stderr: '' });
    expect(resumed).toEqual(await kvmtimer(['sweep', 'sweep.json', '--format', 'csv'], { cwd: folder }));
  });
});

describe('kvmtimer merge', () => {
  it('shows shards as the whole would have been shown', async () => {
    const folder = demo();
    const whole = await kvmtimer(['sweep', 'sweep.json'], { cwd: folder });
    const env = { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '2' };
    const first = await kvmtimer(['sweep', 'sweep.json', '--shard', 'auto'], { cwd: folder, env });
    expect(first).toEqual({
      code: 0,
      stdout: '',
      stderr: 'shard 1/2 is in demo.shard-1-of-2.ndjson: 2 points\n',
    });
    const [part1, part2] = ['demo.shard-1-of-2.ndjson', 'demo.shard-2-of-2.ndjson'];
    const missing = await kvmtimer(['merge', part1], { cwd: folder });
    expect(missing).toEqual({
      code: 1,
      stdout: '',
      stderr: 'error: shards are missing: 2/2 (give all parts of the sweep)\n',
    });
    await kvmtimer(['sweep', 'sweep.json', '--shard', '2/2', '-q'], { cwd: folder });
    expect(await kvmtimer(['merge', part2, part1], { cwd: folder })).toEqual(whole);

    const twice = await kvmtimer(['merge', part1, part2, part1], { cwd: folder });
    expect(twice.stderr).toBe(`error: ${part1}: holds shard 1/2, as ${part1} does (give each part once)\n`);
    await kvmtimer(
      ['sweep', 'sweep.json', '--shard', '1/2', '--set', 'workload.loops=9', '--journal', 'other.ndjson'],
      { cwd: folder },
    );
    const foreign = await kvmtimer(['merge', part1, 'other.ndjson'], { cwd: folder });
    expect(foreign.stderr).toBe(
      `error: other.ndjson: belongs to another sweep than ${part1} (merge the parts of one sweep)\n`,
    );
    const text = readFileSync(`${folder}/${part2}`, 'utf8').trimEnd().split('\n');
    writeFileSync(`${folder}/${part2}`, `${text.slice(0, -1).join('\n')}\n`);
    const unfinished = await kvmtimer(['merge', part1, part2], { cwd: folder });
    expect(unfinished.stderr).toBe(
      `error: ${part2}: is not finished: 1 of 2 points are missing (run it again with --resume)\n`,
    );
    const none = await kvmtimer(['merge', 'nothing.ndjson'], { cwd: folder });
    expect(none.stderr).toMatch(/^error: nothing\.ndjson: no such file/);
  });
});
