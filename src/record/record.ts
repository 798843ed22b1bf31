import { readResultText } from '../formats/read-file.ts';
import type { ResultDocument } from '../measurement/result-document.ts';
import { ExitCode, UserError } from '../user-error.ts';
import { cyclictestArguments } from './cyclictest-command.ts';
import { machineFacts } from './machine-facts.ts';
import { readMachineFiles } from './machine-files.ts';
import {
  type CyclictestHooks,
  type CyclictestOutput,
  cyclictestVersion,
  runCyclictest,
} from './run-cyclictest.ts';

export interface Recording {
  readonly document: ResultDocument;
  /** What cyclictest printed. */
  readonly text: string;
  /** What it said besides, its warnings mostly. */
  readonly messages: readonly string[];
}

export interface RecordHooks extends CyclictestHooks {
  /** Asked at the end: true when the run was ended early. */
  readonly wasStopped?: () => boolean;
}

/**
 * Runs the installed cyclictest with `options`, defaults added, and keeps what it measured together with the
 * facts of this machine. Throws a UserError when cyclictest is missing, lacks privileges or has no results.
 */
export async function record(
  options: readonly string[],
  label: string | undefined,
  hooks: RecordHooks = {},
): Promise<Recording> {
  const args = cyclictestArguments(options);
  const startedAt = new Date().toISOString();
  const output = await runCyclictest(args, hooks);
  const commandLine = ['cyclictest', ...args].join(' ');
  const isStopped = hooks.wasStopped?.() === true;
  const run = readOutput(output, commandLine, label ?? 'cyclictest', isStopped);
  const facts = {
    ...run.facts,
    command_line: commandLine,
    tool_version: cyclictestVersion(),
    started_at: startedAt,
    machine: machineFacts(readMachineFiles()),
  };
  const partial = run.partial || isStopped;
  const warnings = [...run.warnings, ...output.messages.map((line) => `cyclictest: ${line}`)];
  return { document: { ...run, partial, facts, warnings }, text: output.stdout, messages: output.messages };
}

/** The command line before the output states the unit and the size of the histogram. */
function readOutput(
  output: CyclictestOutput,
  commandLine: string,
  label: string,
  isStopped: boolean,
): ResultDocument {
  try {
    const text = `# ${commandLine}\n${output.stdout}`;
    const [run] = readResultText(text, 'cyclictest', { from: 'cyclictest-text', label });
    return run;
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'no-results') throw error;
    throw isStopped ? stoppedEarly() : withoutResults(output);
  }
}

/** cyclictest ends with 0 even when it refuses an option: what it said is the only hint. */
function withoutResults({ messages, exitCode }: CyclictestOutput): UserError {
  const said = messages.join('; ') || `it ended with exit code ${exitCode} and said nothing`;
  if (/scheduling policy|RLIMIT_RTPRIO|Operation not permitted|mlockall/.test(said)) {
    return new UserError('privileges-missing', {
      message: `cyclictest may not run with real-time priority: ${said}`,
      hint: 'run it as root, or grant CAP_SYS_NICE and CAP_IPC_LOCK or the limits rtprio and memlock',
    });
  }
  return new UserError('cyclictest-failed', {
    message: `cyclictest gave no results: ${said}`,
    hint: 'options after -- are its own; cyclictest --help lists them',
  });
}

function stoppedEarly(): UserError {
  const problem = { message: 'interrupted before cyclictest had measured anything' };
  return new UserError('interrupted', problem, ExitCode.interrupted);
}
