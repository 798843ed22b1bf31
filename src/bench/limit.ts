import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkPerLoop } from './work.ts';

/** The sources stand beside this file in src/, not in dist/. */
const SOURCE = fileURLToPath(new URL('../../src/bench/limit/limit.c', import.meta.url));

/** The C program that does the unavoidable work of a run and nothing else; null where there is no C compiler. */
export class Limit {
  private constructor(private readonly folder: string) {}

  static compile(): Limit | null {
    const folder = mkdtempSync(join(tmpdir(), 'kvmtimer-limit-'));
    try {
      execFileSync('cc', ['-O3', '-march=native', '-o', join(folder, 'limit'), SOURCE], { stdio: 'pipe' });
      return new Limit(folder);
    } catch (error) {
      rmSync(folder, { recursive: true });
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** CPU time of one loop in ns. */
  nsPerLoop({ stages, draws }: WorkPerLoop, loops: number): number {
    const drawn = Math.round(draws);
    const args = [loops, Math.max(drawn, Math.round(stages)), drawn].map(String);
    return Number(execFileSync(join(this.folder, 'limit'), args, { encoding: 'utf8' }).split(' ')[0]);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
