import { TRACE_POINTS, type TracePoint } from '../../machine/trace.ts';
import type { Setting } from '../../scenario/settings.ts';
import { UserError } from '../../user-error.ts';
import type { TraceCommandOptions } from '../commands/trace.ts';
import { numberOr } from '../scenario-options.ts';

/** A trace is read line by line: few loops tell most. */
const DEFAULT_LOOPS = 20;
/** A run keeps this many of each thread's worst samples. */
const MOST_WORST = 10;

/** What the options override in the scenario; an option of its own wins over `--set`. */
export function traceSettings({ set, loops, aroundWorst, seed }: TraceCommandOptions): (string | Setting)[] {
  const settings: (string | Setting)[] = [...set];
  const path = ['workload', 'loops'];
  if (loops !== undefined) settings.push({ option: '--loops', path, value: numberOr(loops) });
  else if (aroundWorst === undefined && !set.some((text) => text.startsWith('workload.loops=')))
    settings.push({ option: '--loops', path, value: DEFAULT_LOOPS });
  if (seed !== undefined) settings.push({ option: '--seed', path: ['seed'], value: seed });
  return settings;
}

/** The tracepoints that `--events` names; null for all. Throws a UserError for a pattern that names none. */
export function wantedTracePoints(list: string | undefined): ReadonlySet<TracePoint> | null {
  if (list === undefined) return null;
  const points = Object.keys(TRACE_POINTS) as TracePoint[];
  const wanted = new Set<TracePoint>();
  for (const pattern of list.split(',')) {
    const named = points.filter((point) => matches(pattern.trim(), point));
    if (named.length === 0) throw unknownEvent(pattern.trim(), points);
    for (const point of named) wanted.add(point);
  }
  return wanted;
}

/** `kvm_*`, a name, or a whole folder of events as trace-cmd writes it: `timer`, `timer:hrtimer_*`. */
function matches(pattern: string, point: TracePoint): boolean {
  const [folder, name] = pattern.includes(':') ? pattern.split(':') : ['*', pattern];
  const fits = (glob: string, text: string) => {
    const parts = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`).test(text);
  };
  if (fits(pattern, TRACE_POINTS[point])) return true;
  return fits(folder, TRACE_POINTS[point]) && fits(name, point);
}

function unknownEvent(pattern: string, points: readonly TracePoint[]): UserError {
  return new UserError('option-invalid', {
    path: '--events',
    message: `"${pattern}" names no tracepoint`,
    hint: `known are ${points.join(', ')}; * stands for any letters`,
  });
}

/** The number of worst samples to look for; null when all is to be traced. */
export function wantedSamples(text: string | undefined): number | null {
  if (text === undefined) return null;
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MOST_WORST) return count;
  throw new UserError('option-invalid', {
    path: '--around-worst',
    message: `"${text}" is not a number of samples`,
    hint: `1 to ${MOST_WORST}: a run keeps so many of each thread's worst`,
  });
}
