import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Spread, spreadOf } from './statistics.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/kvmtimer.js', import.meta.url));
const REFERENCE = 'jiang-2016-v4-hv-timer-on';

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'node -e 0': ['-e', '0'],
  'kvmtimer --version': [PROGRAM, '--version'],
  'kvmtimer --help': [PROGRAM, '--help'],
  'kvmtimer run, 600000 loops': [PROGRAM, 'run', '--quiet', REFERENCE],
};

/** Imported by a process, it writes the most memory that the process had, in KiB, to standard error. */
const TELL_MEMORY = `data:text/javascript,import{isMainThread}from'node:worker_threads';
isMainThread&&process.on('exit',()=>process.stderr.write(String(process.resourceUsage().maxRSS)))`;

export interface StartUpResult {
  readonly command: string;
  readonly wallMs: Spread;
  /** Median against that of `node -e 0`. */
  readonly timesNode: number;
  /** The most memory that it had. */
  readonly residentMib: number;
}

/** Wall time and memory of whole processes. */
export function measureStartUp(repetitions: number): StartUpResult[] {
  const entries = Object.entries(COMMANDS).map(([command, args]) => {
    const times = Array.from({ length: repetitions }, () => wallMs(args));
    return { command, wallMs: spreadOf(times), residentMib: residentMib(args) };
  });
  const node = entries[0].wallMs.median;
  return entries.map((entry) => ({ ...entry, timesNode: entry.wallMs.median / node }));
}

function wallMs(args: readonly string[]): number {
  const begin = performance.now();
  run(args);
  return performance.now() - begin;
}

/** In a run of its own, since asking takes time. */
function residentMib(args: readonly string[]): number {
  return Number(run(['--import', TELL_MEMORY, ...args])) / 2 ** 10;
}

function run(args: readonly string[]): string {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stderr}`);
  return stderr;
}
