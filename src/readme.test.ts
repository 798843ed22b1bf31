import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BINARY } from './testing/command.ts';
import { examplesOf } from './testing/markdown.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const docs = existsSync(`${ROOT}docs`) ? readdirSync(`${ROOT}docs`).map((name) => `docs/${name}`) : [];
const DOCUMENTS = ['README.md', 'CONTRIBUTING.md', ...docs].filter((name) => name.endsWith('.md'));

/** The examples of a document run one after the other in one folder, as a reader would type them. */
describe.each(DOCUMENTS)('%s', (name) => {
  const folder = mkdtempSync(join(tmpdir(), 'kvmtimer-readme-'));
  beforeAll(() => {
    for (const shipped of ['scenarios', 'results'])
      cpSync(ROOT + shipped, join(folder, shipped), { recursive: true });
    mkdirSync(join(folder, '.bin'));
    writeFileSync(join(folder, '.bin/kvmtimer'), `#!/bin/sh\nexec "${process.execPath}" "${BINARY}" "$@"\n`, {
      mode: 0o755,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (command: string) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const env = {
        ...process.env,
        NO_COLOR: '1',
        FORCE_COLOR: undefined,
        PATH: `${folder}/.bin:${process.env.PATH}`,
      };
      execFile('bash', ['-o', 'pipefail', '-c', command], { cwd: folder, env }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });

  const examples = examplesOf(readFileSync(ROOT + name, 'utf8'));
  if (examples.length === 0) it('has no example to run', () => {});
  for (const { line, command, code, output, isExact } of examples) {
    it(`line ${line}: ${command}`, async () => {
      const outcome = await run(command);
      expect(outcome).toMatchObject(code === 0 ? { code, stderr: '' } : { code });
      if (isExact) expect(outcome.stdout + outcome.stderr).toBe(output);
    });
  }
});

describe('README.md', () => {
  it('opens with the two commands that a new user copies', () => {
    const text = readFileSync(`${ROOT}README.md`, 'utf8');
    const start = text.split('\n').slice(0, 30).join('\n');
    expect(start).toContain('\nnpm ci && npx kvmtimer run scenarios/jiang-2016-v4-hv-timer-on.json\n');
    expect(start).toContain('\nnpm ci && npm test\n');
  });
});

describe('examplesOf', () => {
  it('finds commands, their output, exit codes and marks', () => {
    const text = '```console exact\n$ one \\\n  two # exits 2\nout\n$ three\n```\n```sh\n$ four\n```\n';
    expect(examplesOf(text)).toEqual([
      { line: 2, command: 'one   two # exits 2', code: 2, output: 'out\n', isExact: true },
      { line: 5, command: 'three', code: 0, output: '', isExact: true },
    ]);
  });
});
