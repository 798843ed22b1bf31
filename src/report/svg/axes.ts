import { scaleLinear, scaleLog, scalePoint } from 'd3-scale';
import { extent } from './extent.ts';
import { element, label, shorten } from './svg.ts';
import { AXIS_COLOR, GRID_COLOR, MUTED } from './theme.ts';

export interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Tick {
  readonly at: number;
  readonly text: string;
}

/** Places on the horizontal axis by index of the level. */
export interface XAxis {
  readonly at: (index: number) => number;
  readonly ticks: readonly Tick[];
}

export interface XLevel {
  readonly label: string;
  /** Null for levels that are no numbers: they stand at equal distances. */
  readonly position: number | null;
}

/** Numbers stand at their value, on a logarithmic axis when `log`; other levels one after the other. */
export function xAxis(levels: readonly XLevel[], { left, width }: Area, log: boolean): XAxis {
  const positions = levels.map(({ position }) => position);
  if (positions.some((position) => position === null)) {
    const scale = scalePoint<number>(
      levels.map((_, index) => index),
      [left, left + width],
    ).padding(0.5);
    const at = (index: number) => scale(index)!;
    return { at, ticks: levels.map((level, index) => ({ at: at(index), text: level.label })) };
  }
  const numbers = positions as number[];
  const domain = [...extent(numbers)];
  const scale = (log ? scaleLog() : scaleLinear()).domain(domain).range([left, left + width]);
  const ticks = scale.ticks(8).filter((tick) => !log || isRoundLog(tick));
  return {
    at: (index) => scale(numbers[index]),
    ticks: ticks.map((tick) => ({ at: scale(tick), text: numberText(tick) })),
  };
}

function isRoundLog(tick: number): boolean {
  const digit = tick / 10 ** Math.floor(Math.log10(tick) + 1e-9);
  return [1, 2, 5].some((round) => Math.abs(digit - round) < 1e-6);
}

/** From 0, or from below the least value when `tight`. */
export function yScale(values: readonly number[], { top, height }: Area, tight = false) {
  const [low, high] = extent(values);
  const from = tight && low > 0.5 * high ? low - 0.1 * (high - low || high) : 0;
  return scaleLinear()
    .domain([Math.min(from, low), high || 1])
    .nice(5)
    .range([top + height, top]);
}

export function drawYAxis(scale: ReturnType<typeof yScale>, area: Area, ticks = 5): string[] {
  return scale.ticks(ticks).flatMap((tick) => [
    element('line', {
      x1: area.left,
      x2: area.left + area.width,
      y1: scale(tick),
      y2: scale(tick),
      stroke: GRID_COLOR,
    }),
    label(numberText(tick), {
      x: area.left - 6,
      y: scale(tick) + 4,
      'text-anchor': 'end',
      fill: MUTED,
      'font-size': 11,
    }),
  ]);
}

/** Many or long labels are turned so that they do not run into each other. */
export function drawXAxis(ticks: readonly Tick[], area: Area): string[] {
  const bottom = area.top + area.height;
  const room = area.width / Math.max(1, ticks.length);
  const longest = Math.max(0, ...ticks.map(({ text }) => Math.min(18, text.length)));
  const isTurned = longest * 6.5 > room;
  return [
    element('line', {
      x1: area.left,
      x2: area.left + area.width,
      y1: bottom,
      y2: bottom,
      stroke: AXIS_COLOR,
    }),
    ...ticks.flatMap(({ at, text }) => [
      element('line', { x1: at, x2: at, y1: bottom, y2: bottom + 4, stroke: AXIS_COLOR }),
      label(shorten(text, 18), {
        x: at,
        y: bottom + 16,
        'text-anchor': isTurned ? 'end' : 'middle',
        transform: isTurned ? `rotate(-40 ${at.toFixed(2)} ${(bottom + 12).toFixed(2)})` : undefined,
        fill: MUTED,
        'font-size': 11,
      }),
    ]),
  ];
}

/** Without needless digits. */
export function numberText(value: number): string {
  return String(Number(value.toPrecision(6)));
}
