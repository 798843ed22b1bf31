import { valueText } from '../describe.ts';
import type { Scored } from './configurations.ts';
import type { Factor } from './factors.ts';

/** Points that share a value of a parameter, or a span of values of one that was sampled continuously. */
export interface Level {
  readonly label: string;
  /** The value, or the middle of the span; null for values that are no numbers. */
  readonly position: number | null;
  readonly points: readonly Scored[];
}

/** Numbers sampled from a range are put into spans of equally many of them. */
const MAX_LEVELS = 32;
const SPANS = 4;

/** The levels of a factor: numbers in ascending order, everything else as it comes in the plan. */
export function levelsOf(
  points: readonly Scored[],
  { positions, isContinuous }: Factor,
  keepAll = false,
): Level[] {
  const groups = new Map<string, Scored[]>();
  for (const point of points) {
    const label = labelOf(point, positions);
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [point]);
    else group.push(point);
  }
  const numberOf = (point: Scored) => point.configuration.values[positions[0]];
  const isNumeric = positions.length === 1 && points.every((point) => typeof numberOf(point) === 'number');
  const levels = [...groups].map(([label, group]) => ({
    label,
    position: isNumeric ? (numberOf(group[0]) as number) : null,
    points: group,
  }));
  if (!isNumeric) return levels.sort((one, other) => firstPlace(one) - firstPlace(other));
  levels.sort((one, other) => one.position! - other.position!);
  return isContinuous && levels.length > MAX_LEVELS && !keepAll ? spansOf(levels) : levels;
}

/** Fields that change together and are equal are told once: "6.1" for host and guest. */
function labelOf({ configuration }: Scored, positions: readonly number[]): string {
  const texts = positions.map((position) => valueText(configuration.values[position]));
  return [...new Set(texts)].join(' / ');
}

function firstPlace({ points }: Level): number {
  return points.reduce(
    (least, { configuration }) => Math.min(least, configuration.point),
    Number.POSITIVE_INFINITY,
  );
}

function spansOf(levels: readonly Level[]): Level[] {
  const size = levels.length / SPANS;
  return Array.from({ length: SPANS }, (_, span) => {
    const members = levels.slice(Math.round(span * size), Math.round((span + 1) * size));
    const [from, to] = [members[0].position!, members.at(-1)!.position!];
    return {
      label: `${from}…${to}`,
      position: (from + to) / 2,
      points: members.flatMap(({ points }) => points),
    };
  });
}

export function meanValue(points: readonly Scored[]): number {
  return points.reduce((sum, { value }) => sum + value, 0) / points.length;
}

/** Means of the points that share a row and a column; undefined where there are none. */
export function cellMeans(rows: readonly Level[], columns: readonly Level[]): (number | undefined)[][] {
  const rowOf = new Map(rows.flatMap(({ points }, row) => points.map((point) => [point, row] as const)));
  const sums = rows.map(() => columns.map(() => 0));
  const counts = rows.map(() => columns.map(() => 0));
  for (const [column, { points }] of columns.entries()) {
    for (const point of points) {
      const row = rowOf.get(point)!;
      sums[row][column] += point.value;
      counts[row][column]++;
    }
  }
  return sums.map((row, r) => row.map((sum, c) => (counts[r][c] === 0 ? undefined : sum / counts[r][c])));
}
