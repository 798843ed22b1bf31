import { RandomStream } from '../simulation/random.ts';
import { type Spread, spreadOf } from './statistics.ts';

const DRAWS = 5_000_000;

/** CPU time in ns of one draw of the engine's generator. */
export function measureDraw(repetitions: number, draws = DRAWS): Spread {
  const stream = new RandomStream('bench', 'draws');
  timeDraws(stream, draws);
  return spreadOf(Array.from({ length: repetitions }, () => timeDraws(stream, draws)));
}

function timeDraws(stream: RandomStream, draws: number): number {
  let sum = 0;
  const before = process.cpuUsage();
  for (let draw = 0; draw < draws; draw++) sum += stream.next();
  const { user, system } = process.cpuUsage(before);
  // Without a use of the sum the compiler could leave the draws out.
  if (!Number.isFinite(sum)) throw new Error('a draw is no number');
  return ((user + system) * 1000) / draws;
}
