import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../testing/folder.ts';
import { UserError } from '../user-error.ts';
import { type LoadOptions, loadScenario } from './load.ts';

/** The messages of the error that loading ends in, without the folder. */
async function problemsOf(folder: string, file: string, options: LoadOptions = {}): Promise<string[]> {
  try {
    await loadScenario(file === '-' ? file : join(folder, file), options);
  } catch (error) {
    if (error instanceof UserError) return error.message.replaceAll(`${folder}/`, '').split('\n');
    throw error;
  }
  return [];
}

function problemsIn(content: string | object, options?: LoadOptions): Promise<string[]> {
  return problemsOf(folderWith({ 'a.json': content }), 'a.json', options);
}

describe('files', () => {
  test('a missing file names the similar one', async () => {
    const folder = folderWith({ 'host.json': { name: 'x' } });
    expect(await problemsOf(folder, 'hots.json')).toEqual([
      'hots.json: no such file (did you mean "host.json"?)',
    ]);
    expect(await problemsOf(folder, 'none/at-all.json')).toEqual(['none/at-all.json: no such file']);
  });

  test('a bare name that nearly is a shipped scenario', async () => {
    const error = await loadScenario('jiang-2016-v4-hv-timer-onn').catch(String);
    expect(error).toMatch(/neither a file nor the name of a shipped scenario.*"jiang-2016-v4-hv-timer-on"/);
  });

  test('a directory', async () => {
    const folder = folderWith({ 'sub/a.json': {} });
    expect(await problemsOf(folder, 'sub')).toEqual([
      'sub: is a directory (a file is expected)'.replace(
        'sub',
        join(folder, 'sub').replace(`${folder}/`, ''),
      ),
    ]);
  });

  test('more than 10 MB, from a file and from standard input', async () => {
    const big = `{"name":"${'x'.repeat(10 * 1024 * 1024)}"}`;
    expect(await problemsIn(big)).toEqual(['a.json: is larger than 10 MB (the limit of an input file)']);
    expect(await problemsOf('', '-', { stdin: Readable.from([Buffer.from(big)]) })).toEqual([
      '-: is larger than 10 MB (the limit of an input file)',
    ]);
  });

  test('bytes that are no text', async () => {
    const folder = folderWith({});
    writeFileSync(join(folder, 'a.json'), Buffer.from([0x7b, 0xff, 0xfe, 0x7d]));
    expect(await problemsOf(folder, 'a.json')).toEqual(['a.json: is not UTF-8 text']);
  });

  test('an empty standard input', async () => {
    expect(await problemsOf('', '-', { stdin: Readable.from([]) })).toEqual([
      '-:1:1: is empty (a JSON object is expected)',
    ]);
  });

  test('a file name with control characters is made visible', async () => {
    const message = (await problemsOf(folderWith({}), 'a\x1b[31m.json')).join();
    expect(message).toContain('a\\x1b[31m.json: no such file');
  });
});

describe('JSON', () => {
  test.each([
    [
      '{"name": "x",\n}',
      'a.json:2:1: is not valid JSON: a key is expected before `}` (no comma after the last member)',
    ],
    [
      '{\n  // no\n  "name": "x"}',
      'a.json:2:3: is not valid JSON: comments are not allowed (use "description" instead)',
    ],
    ["{'name': 1}", "a.json:1:2: is not valid JSON: unexpected `'name'` (strings stand in double quotes)"],
    ['{"name": "x"', 'a.json:1:13: is not valid JSON: "}" is expected before the end of the file'],
    [
      '{"name": "x"} y',
      'a.json:1:15: is not valid JSON: unexpected `y` (true, false, null, a number, a string, { or [ is expected)',
    ],
    ['[]', 'a.json:1:1: is not an object (a scenario is a JSON object)'],
    ['', 'a.json:1:1: is empty (a JSON object is expected)'],
    [
      '{"name": "a\tb"}',
      'a.json:1:10: is not valid JSON: control character in `"a\\x09b"` (write it as \\uXXXX)',
    ],
    [
      '{"name": "x", "seed": "a",\n "seed": "b"}',
      'a.json:2:2: the key "seed" appears twice (first at line 1, column 15; keep one of them)',
    ],
  ])('%j', async (content, expected) => {
    expect(await problemsIn(content)).toEqual([expected]);
  });

  test('every duplicate and every bad line is told at once', async () => {
    expect(await problemsIn('{"name": "x",\n"seed": "a", "seed": "b",\n"name": "y"}')).toHaveLength(2);
    expect(await problemsIn('{"name": x,\n"seed": y\n}')).toHaveLength(2);
  });

  test('nesting beyond any use does not reach the parser', async () => {
    expect(await problemsIn('['.repeat(200_000))).toEqual(['a.json:1:65: is nested deeper than 64 levels']);
  });
});

describe('fields', () => {
  test('all errors of a file at once, each at its place', async () => {
    const content = `{
  "name": "x",
  "host": { "kvm": { "enable_hv_tmer": true, "halt_poll_ns": "200us" }, "kernel": { "version": "5.10", "hz": 123 } },
  "guest": { "idle": "polll" },
  "enable_apicv": true,
  "workload": { "loops": 0 }
}`;
    expect((await problemsIn(content)).sort()).toEqual(
      [
        'a.json:3:22: host.kvm.enable_hv_tmer: no such field (did you mean "enable_hv_timer"?)',
        'a.json:3:62: host.kvm.halt_poll_ns: is "200us" (allowed: a whole number from 0 to 1000000000 or null; default null)',
        'a.json:3:96: host.kernel.version: is "5.10" (nearest: 5.9 and 5.11)',
        'a.json:3:110: host.kernel.hz: is 123 (allowed: 100 or 250 or 300 or 1000; default 1000)',
        'a.json:4:22: guest.idle: is "polll" (did you mean "poll"? allowed: "poll", "hlt", "mwait"; default "poll")',
        'a.json:5:3: enable_apicv: no such field (did you mean "host.kvm.enable_apicv"?)',
        'a.json:6:26: workload.loops: is 0 (allowed: a whole number from 1 to 1000000000; default 600000)',
      ].sort(),
    );
  });

  test.each([
    [{ workload: { loops: -1 } }, 'workload.loops: is -1 (allowed: a whole number from 1 to 1000000000'],
    [
      { workload: { loops: 1_000_000_001 } },
      'workload.loops: is 1000000001 (allowed: a whole number from 1 to 1000000000',
    ],
    [{ workload: { loops: 1.5 } }, 'workload.loops: is 1.5 (allowed: a whole number'],
    [{ workload: { tool: 'cyclictst' } }, 'workload.tool: is "cyclictst" (did you mean "cyclictest"?'],
    [
      { workload: { tool: 'vmexit' } },
      'workload.test: is missing (allowed: "tscdeadline", "tscdeadline_immed", "cpuid", "vmcall")',
    ],
    [{ vcpus: [] }, 'vcpus: is [] (allowed: a list of 1 to 64 values)'],
    [{ vcpus: {} }, 'vcpus: is {} (allowed: a list of 1 to 64 values)'],
    [{ host: null }, 'host: is null (allowed: an object)'],
    [
      { host: { kvm: { preemption_timer: false } } },
      'host.kvm.preemption_timer: no such field (did you mean "enable_hv_timer"?)',
    ],
    [
      { host: { cpu: 'xeon-e5-2699-v4' } },
      'host.cpu: there is no profile "xeon-e5-2699-v4" (did you mean "xeon-e5-2699-v3"?)',
    ],
    [{ name: 'a\u001b[2Jb' }, 'name: contains a control character (allowed: a text of 1 to 200 characters)'],
    [{ seed: 'a\u202eb' }, 'seed: contains a control character'],
    [
      { host: { noise: { smi: { per_second: 1, duration_us: [9, 5] } } } },
      'host.noise.smi.duration_us: the shorter duration comes first',
    ],
    [
      { vcpus: [{ policy: 'fifo' }] },
      'vcpus.0.priority: is 0, but policy is "fifo" (allowed with policy "fifo": 1 to 99)',
    ],
    [{ vcpus: [{ priority: 5 }] }, 'vcpus.0.priority: is 5, but policy is "other"'],
    [
      { vcpus: [{ pcpu: { competitors: [{ period_us: 10, run_us: 11 }] } }] },
      'vcpus.0.pcpu.competitors.0.run_us: is 11, longer',
    ],
    [
      { virtualization: 'bare-metal', workload: { tool: 'vmexit', test: 'cpuid' } },
      'workload.tool: is "vmexit", which measures VM exits',
    ],
  ])('%j', async (content, expected) => {
    const problems = await problemsIn({ name: 'x', ...content });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^a\.json:\d+:\d+: /);
    expect(problems[0]).toContain(expected);
  });

  test('a scenario without a name', async () => {
    expect(await problemsIn({})).toEqual([
      'a.json:1:1: name: is missing (allowed: a text of 1 to 200 characters)',
    ]);
  });
});

describe('extends', () => {
  test('a cycle names its chain', async () => {
    const folder = folderWith({
      'a.json': { extends: './b.json' },
      'b.json': { extends: './sub/c.json' },
      'sub/c.json': { extends: '../b.json' },
    });
    expect(await problemsOf(folder, 'a.json')).toEqual([
      'sub/c.json:2:14: extends: is a cycle: b.json extends sub/c.json extends b.json',
    ]);
    expect(await problemsIn({ extends: 'a.json' })).toEqual([
      'a.json:2:14: extends: is a cycle: a.json extends a.json',
    ]);
  });

  test('leaving the folder of the scenario needs permission', async () => {
    const folder = folderWith({ 'sub/a.json': { extends: '../b.json' }, 'b.json': { name: 'base' } });
    const problems = await problemsOf(folder, 'sub/a.json');
    expect(problems).toEqual([
      'sub/a.json:2:14: extends: "../b.json" lies outside the folder of the scenario (--allow-outside permits it)',
    ]);
    expect(await problemsOf(folder, 'sub/a.json', { allowOutside: true })).toEqual([]);
  });

  test('neither a symbolic link nor an absolute path is a way out', async () => {
    const folder = folderWith({ 'sub/a.json': { extends: 'link.json' }, 'b.json': { name: 'base' } });
    symlinkSync(join(folder, 'b.json'), join(folder, 'sub', 'link.json'));
    expect((await problemsOf(folder, 'sub/a.json')).join()).toContain('lies outside');
    const other = folderWith({ 'a.json': { extends: join(folder, 'b.json') } });
    expect((await problemsOf(other, 'a.json')).join()).toContain('lies outside');
  });

  test('a missing base, a directory, a number', async () => {
    const folder = folderWith({
      'a.json': { extends: 'baes.json' },
      'base.json': { name: 'base' },
      'n.json': { extends: 5 },
      'd.json': { extends: './d' },
    });
    mkdirSync(join(folder, 'd'));
    expect((await problemsOf(folder, 'a.json')).join()).toMatch(
      /^a\.json:2:14: extends: baes\.json does not exist \(did you mean ".*base\.json"\?\)$/,
    );
    expect((await problemsOf(folder, 'n.json')).join()).toMatch(/^n\.json:2:14: extends: is 5/);
    expect((await problemsOf(folder, 'd.json')).join()).toMatch(/^d\.json:2:14: extends: d is a directory/);
  });

  test('an error in the base is told where it stands', async () => {
    const folder = folderWith({ 'a.json': { extends: './b.json', name: 'a' }, 'b.json': { seed: 5 } });
    expect((await problemsOf(folder, 'a.json')).join()).toMatch(/^b\.json:2:11: seed: is 5/);
  });
});

describe('--set', () => {
  const set = (...settings: string[]) => problemsIn({ name: 'x' }, { set: settings });
  test.each([
    [
      'host.kvm.enable_hv_timr=false',
      '--set host.kvm.enable_hv_timr=false: no such field (did you mean "enable_hv_timer"?)',
    ],
    [
      'guest.idle=sleep',
      '--set guest.idle=sleep: is "sleep" (allowed: "poll", "hlt", "mwait"; default "poll")',
    ],
    [
      'vcpus.1.pinned=false',
      '--set vcpus.1.pinned=false: vcpus has no element "1" (elements are 0 to 0; another number of them is set as a whole, as in vcpus=[{},{}])',
    ],
    ['name.first=x', '--set name.first=x: name is "x", which has no fields'],
    ['nonsense', '--set nonsense: is no setting (path=value, as in host.kvm.enable_hv_timer=false)'],
    ['=5', '--set =5: is no setting (path=value, as in host.kvm.enable_hv_timer=false)'],
    ['a..b=5', '--set a..b=5: is no setting (path=value, as in host.kvm.enable_hv_timer=false)'],
    ['__proto__.x=5', expect.stringContaining('__proto__')],
  ])('%s', async (setting, expected) => {
    expect(await set(setting)).toEqual([expected]);
  });

  test('bad settings and bad fields are told together', async () => {
    expect(await problemsIn({ name: 'x', seed: 5 }, { set: ['nonsense', 'guest.idle=x'] })).toHaveLength(3);
  });
});
