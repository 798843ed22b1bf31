import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { folderWith } from './testing/folder.ts';
import { VERSION } from './version.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

function npm(cwd: string, ...args: string[]): string {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
  return execFileSync('npm', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

describe('the package', () => {
  it('holds the program with all that it reads, and nothing else, and runs where it is installed', () => {
    const folder = folderWith({ 'package.json': { name: 'user', private: true } });
    const packed = npm(ROOT, 'pack', '--ignore-scripts', '--json', '--pack-destination', folder);
    const [{ filename, files }] = JSON.parse(packed) as { filename: string; files: { path: string }[] }[];
    const paths = files.map(({ path }) => path);
    for (const path of [
      'LICENSE',
      'README.md',
      'CHANGELOG.md',
      'bin/kvmtimer.js',
      'dist/index.js',
      'dist/index.d.ts',
      'scenarios/jiang-2016-v4-hv-timer-on.json',
      'scenarios/scenario.schema.json',
      'scenarios/profiles/xeon-e5-2699-v3.json',
    ]) {
      expect(paths).toContain(path);
    }
    expect(paths.filter((path) => /^src\/|\.test\.|testing|fixtures|tsbuildinfo/.test(path))).toEqual([]);

    npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, filename));
    const installed = (...args: string[]) => npm(folder, 'exec', '--no', '--', 'kvmtimer', ...args);
    expect(installed('--version')).toBe(`${VERSION}\n`);
    expect(installed('run', '-l', '100', 'jiang-2016-v4-hv-timer-on')).toContain('\n# Total: 000000100\n');
    const script =
      "import('kvmtimer').then(({ VERSION, runScenario }) => console.log(VERSION, typeof runScenario))";
    expect(execFileSync(process.execPath, ['-e', script], { cwd: folder, encoding: 'utf8' })).toBe(
      `${VERSION} function\n`,
    );
  });

  it('is locked to versions, not to a place that they come from', () => {
    expect(readFileSync(`${ROOT}package-lock.json`, 'utf8')).not.toContain('"resolved"');
  });
});
