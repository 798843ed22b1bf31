/** What a cyclictest command line tells about the numbers it printed. */
export interface CyclictestOptions {
  readonly commandLine: string;
  /** `-N`: latencies are ns, not µs. */
  readonly nanoseconds: boolean;
  /** `-h` or `-H`: samples at or above this value overflow. */
  readonly histogramLimit: number | undefined;
  /** `-o`: only the largest of so many samples is printed with `-v`. */
  readonly reduction: number | undefined;
}

/** A call of cyclictest in a shell prompt or the trace of a script; the usage text is none. */
const CALL = /(?:^|[\s/#$])(cyclictest\s+-.*)$/;

/** Short options that take a value, behind the letter or as the next word. */
const WITH_VALUE = 'bcdDFhHiolp';
/** Short options that take a value only when it is a number or a list. */
const WITH_OPTIONAL_VALUE = 'aAt';

/** The options of the last call of cyclictest in `line`, or undefined when there is none. */
export function cyclictestOptionsIn(line: string): CyclictestOptions | undefined {
  if (!line.includes('cyclictest')) return undefined;
  const call = CALL.exec(line)?.[1].trim();
  return call === undefined ? undefined : parseCyclictestOptions(call);
}

/**
 * Reads a command line as cyclictest's own getopt does: `-qNh100`, `-h 100` and `--histogram=100` are alike.
 */
export function parseCyclictestOptions(commandLine: string): CyclictestOptions {
  const options = new Map<string, string>();
  const words = commandLine.split(/\s+/).slice(1);
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === '--') break;
    const long = /^--([a-z-]+)(?:=(.*))?$/.exec(word);
    if (long !== null) {
      const takesNext = long[2] === undefined && VALUE_OF_LONG.has(long[1]);
      options.set(SHORT_OF_LONG[long[1]] ?? long[1], takesNext ? (words[++index] ?? '') : (long[2] ?? ''));
    } else if (/^-[a-zA-Z]/.test(word)) {
      index += takeCluster(word.slice(1), words[index + 1], options) ? 1 : 0;
    }
  }
  return {
    commandLine,
    nanoseconds: options.has('N'),
    histogramLimit: numberOf(options.get('h') ?? options.get('H')),
    reduction: numberOf(options.get('o')),
  };
}

const SHORT_OF_LONG: Readonly<Record<string, string>> = {
  nsecs: 'N',
  histogram: 'h',
  histofall: 'H',
  oscope: 'o',
};
const VALUE_OF_LONG = new Set([
  ...[
    'breaktrace',
    'clock',
    'distance',
    'duration',
    'fifo',
    'histogram',
    'histofall',
    'histfile',
    'interval',
  ],
  ...['latency', 'loops', 'mainaffinity', 'oscope', 'policy', 'priority', 'spike', 'spike-nodes'],
]);

/** Letters of one word; true when the last of them takes the next word. */
function takeCluster(letters: string, next: string | undefined, options: Map<string, string>): boolean {
  for (let at = 0; at < letters.length; at++) {
    const rest = letters.slice(at + 1);
    if (WITH_OPTIONAL_VALUE.includes(letters[at])) return false;
    if (WITH_VALUE.includes(letters[at])) {
      options.set(letters[at], rest || (next ?? ''));
      return rest === '';
    }
    options.set(letters[at], '');
  }
  return false;
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}/.test(text) ? Number.parseInt(text, 10) : undefined;
}
