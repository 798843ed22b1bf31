import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Chain, ChainRun } from './chain.ts';

/** The script stands beside the sources in src/, not in dist/. */
const SCRIPT = fileURLToPath(
  new URL('../../../src/bench/general-simulators/simpy_chain.py', import.meta.url),
);
/** The system's Python has what the package manager installed, which another one in the path has not. */
const PYTHONS = ['python3', '/usr/bin/python3'];

/** SimPy: the process is a generator, each event a timeout. Null where no Python has SimPy. */
export function runSimpy(chain: Chain): ChainRun | null {
  const python = PYTHONS.find((name) => spawnSync(name, ['-c', 'import simpy']).status === 0);
  if (python === undefined) return null;
  const { status, stdout, stderr } = spawnSync(python, [SCRIPT, JSON.stringify(chain)], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`SimPy failed: ${stderr}`);
  return JSON.parse(stdout) as ChainRun;
}
