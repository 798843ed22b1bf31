import { UserError } from '../user-error.ts';

/** Options that kvmtimer needs for itself, or that leave nothing to keep. */
const REFUSED: Readonly<Record<string, string>> = {
  '--json': 'the result document holds more',
  '--histfile': 'the histogram is read from the output',
  '--fifo': 'the output is read as a whole',
  '-F': 'the output is read as a whole',
  '--verbose': 'the histogram is kept, not the samples',
  '-v': 'the histogram is kept, not the samples',
  '--help': 'cyclictest --help shows it',
};

interface Default {
  /** Options of which one is enough to leave the default out. */
  readonly unless: readonly string[];
  readonly args: readonly string[];
}

/** Locked memory, real-time priority, one thread on each CPU, a histogram that holds all but the worst. */
const DEFAULTS: readonly Default[] = [
  { unless: ['-q', '--quiet'], args: ['-q'] },
  { unless: ['-m', '--mlockall'], args: ['-m'] },
  { unless: ['-S', '--smp', '-t', '--threads', '-a', '--affinity'], args: ['-S'] },
  { unless: ['-p', '--priority', '--prio', '--policy'], args: ['-p', '80'] },
  { unless: ['-i', '--interval'], args: ['-i', '1000'] },
  { unless: ['-h', '--histogram', '-H', '--histofall'], args: ['-h', '1000'] },
  { unless: ['-D', '--duration', '-l', '--loops'], args: ['-D', '60'] },
];

/** Short options that take a value, so that the letters behind them are no options. */
const WITH_VALUE = 'AabcdDFhHilopt';

/**
 * Arguments for cyclictest: the user's own, and defaults for what they leave open. Throws a UserError for
 * options that would take the results away.
 */
export function cyclictestArguments(own: readonly string[]): string[] {
  const given = new Set(own.flatMap(optionNames));
  const problems = Object.entries(REFUSED)
    .filter(([option]) => given.has(option))
    .map(([option, hint]) => ({ path: option, message: 'cannot be used with `kvmtimer record`', hint }));
  if (problems.length > 0) throw new UserError('option-conflict', problems);
  return [
    ...DEFAULTS.flatMap(({ unless, args }) => (unless.some((name) => given.has(name)) ? [] : args)),
    ...own,
  ];
}

/** `-qNh100` are the options -q, -N and -h. */
function optionNames(word: string): string[] {
  const long = /^(--[a-z-]+)/.exec(word);
  if (long !== null) return [long[1]];
  if (!/^-[a-zA-Z]/.test(word)) return [];
  const names: string[] = [];
  for (const letter of word.slice(1)) {
    names.push(`-${letter}`);
    if (WITH_VALUE.includes(letter)) break;
  }
  return names;
}
