import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { UserError } from '../user-error.ts';

export interface CyclictestOutput {
  readonly stdout: string;
  /** What cyclictest itself said on stderr, without the status that was asked for. */
  readonly messages: readonly string[];
  readonly exitCode: number | null;
}

export interface CyclictestHooks {
  /** Called with the `T:` lines of all threads about once a second; without it cyclictest is not asked. */
  readonly onStatus?: (lines: readonly string[]) => void;
  /** Gives the function that ends the run early, as Ctrl-C does: cyclictest then prints its summary. */
  readonly onStart?: (stop: () => void) => void;
}

const STATUS_INTERVAL_MS = 1000;
/** More than a histogram of the largest size for a thousand threads has. */
const MAX_OUTPUT_CHARACTERS = 64 * 1024 * 1024;

/** Runs cyclictest to its end. Throws a UserError when it is not installed. */
export async function runCyclictest(
  args: readonly string[],
  hooks: CyclictestHooks = {},
): Promise<CyclictestOutput> {
  const child = spawn('cyclictest', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const stdout = collect(child.stdout);
  const status = statusReader(hooks.onStatus);
  child.stderr.setEncoding('utf8').on('data', status.add);
  const timer = hooks.onStatus && setInterval(() => child.kill('SIGUSR1'), STATUS_INTERVAL_MS);
  try {
    hooks.onStart?.(() => child.kill('SIGINT'));
    const exitCode = await ended(child);
    return { stdout: stdout(), messages: status.messages(), exitCode };
  } finally {
    clearInterval(timer);
  }
}

/** "2.40", as `cyclictest --help` says; null when it says nothing of the kind. */
export function cyclictestVersion(): string | null {
  const { stdout } = spawnSync('cyclictest', ['--help'], { encoding: 'utf8' });
  return /^cyclictest V ([\d.]+)/m.exec(stdout ?? '')?.[1] ?? null;
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on('close', (code) => resolve(code));
    child.on('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? missing() : error));
  });
}

function missing(): UserError {
  return new UserError('cyclictest-missing', {
    message: 'cyclictest is not installed, or not in the PATH',
    hint: 'Debian and Ubuntu: apt-get install rt-tests; Fedora and RHEL: dnf install realtime-tests',
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: string[] = [];
  let characters = 0;
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    characters += chunk.length;
    if (characters <= MAX_OUTPUT_CHARACTERS) chunks.push(chunk);
  });
  return () => chunks.join('');
}

/** Takes the status blocks, which SIGUSR1 asks for, out of what else comes on stderr. */
function statusReader(onStatus: CyclictestHooks['onStatus']) {
  const messages: string[] = [];
  let rest = '';
  let threads: string[] = [];
  const take = (line: string) => {
    if (line.startsWith('T:')) threads.push(line);
    else if (line.startsWith('#---')) {
      if (threads.length > 0) onStatus?.(threads);
      threads = [];
    } else if (!line.startsWith('# cyclictest current status') && line.trim() !== '') messages.push(line);
  };
  return {
    add: (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      lines.forEach(take);
    },
    messages: () => {
      take(rest);
      rest = '';
      return messages;
    },
  };
}
