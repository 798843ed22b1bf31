import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Tests that start the real program need a build that is not older than the source. Type errors do not stop it: the
 * JavaScript is written all the same, and finding them is the type check's business.
 */
export function setup(): void {
  if (!isStale()) return;
  const { status, stdout } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) console.warn(`The build has errors:\n${stdout}`);
}

function isStale(): boolean {
  const built = statSync(`${ROOT}dist/.tsbuildinfo`, { throwIfNoEntry: false });
  if (built === undefined) return true;
  const sources = readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' });
  return sources.some((name) => {
    const isSource = name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('testing');
    return isSource && statSync(`${ROOT}src/${name}`).mtimeMs > built.mtimeMs;
  });
}
