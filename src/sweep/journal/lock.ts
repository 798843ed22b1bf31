import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { UserError } from '../../user-error.ts';

/** A holder on another machine is taken for dead when it has not touched its lock for so long. */
const STALE_AFTER_MS = 60_000;
const TOUCH_EVERY_MS = 10_000;

interface Holder {
  readonly host: string;
  readonly pid: number;
  /** Start of the process in kernel ticks: the same process number may be given to another process. */
  readonly started: string | null;
}

/**
 * Makes sure that only one process writes `path`, by a file beside it; returns the release. A lock whose process is
 * gone is taken over. Throws a UserError ("journal-in-use").
 */
export function lockFile(path: string): () => void {
  const lock = `${path}.lock`;
  const holder: Holder = { host: hostname(), pid: process.pid, started: startOf(process.pid) };
  if (!tryCreate(lock, holder)) {
    removeStale(lock, path);
    if (!tryCreate(lock, holder)) throw inUse(path, lock, readHolder(lock));
  }
  const timer = setInterval(() => touch(lock), TOUCH_EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
    rmSync(lock, { force: true });
  };
}

function tryCreate(lock: string, holder: Holder): boolean {
  try {
    writeFileSync(lock, JSON.stringify(holder), { flag: 'wx' });
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw new UserError('output-unwritable', { file: lock, message: `cannot be written: ${message}` });
  }
}

/** Renamed first: of two processes that find the same stale lock, only one gets it. */
function removeStale(lock: string, path: string): void {
  const holder = readHolder(lock);
  if (isAlive(holder, lock)) throw inUse(path, lock, holder);
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  rmSync(aside, { force: true });
}

function isAlive(holder: Holder | undefined, lock: string): boolean {
  if (holder?.host === hostname()) return isRunning(holder);
  const touched = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  return touched !== undefined && Date.now() - touched < STALE_AFTER_MS;
}

function isRunning({ pid, started }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return startOf(pid) === started;
}

/** Field 22 of /proc/PID/stat, counted from behind the name, which may hold anything; null where there is no /proc. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return null;
  }
}

function readHolder(lock: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(lock, 'utf8'));
  } catch {
    return undefined;
  }
}

function touch(lock: string): void {
  const now = new Date();
  try {
    utimesSync(lock, now, now);
  } catch {
    // Someone removed it: the journal itself is unharmed.
  }
}

function inUse(path: string, lock: string, holder: Holder | undefined): UserError {
  const who = holder === undefined ? 'another process' : `process ${holder.pid} on ${holder.host}`;
  return new UserError('journal-in-use', {
    file: path,
    message: `is being written by ${who}`,
    hint: `wait for it, or give another --journal; if it no longer runs, remove ${lock}`,
  });
}
