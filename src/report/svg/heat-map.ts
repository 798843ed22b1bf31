import { scaleLinear } from 'd3-scale';
import { numberText } from './axes.ts';
import { extent } from './extent.ts';
import { element, label, picture, round, shorten } from './svg.ts';
import { HEAT_COLORS, MUTED } from './theme.ts';

export interface HeatMap {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** By row, then column; undefined where there is no point. */
  readonly cells: readonly (readonly (number | undefined)[])[];
  readonly valueLabel: string;
}

const LEFT = 130;
const TOP = 56;
const MAX_SIDE = 64;
/** Cells smaller than this hold no text. */
const MIN_TEXT_WIDTH = 34;

/** A figure over two varied parameters. */
export function heatMap(map: HeatMap): string {
  const cellWidth = Math.max(8, Math.min(MAX_SIDE, 640 / map.columns.length));
  const cellHeight = Math.max(8, Math.min(36, 520 / map.rows.length));
  const width = LEFT + cellWidth * map.columns.length + 120;
  const bottom = TOP + cellHeight * map.rows.length;
  const known = map.cells.flat().filter((value) => value !== undefined);
  const [low, high] = extent(known);
  const color = colorScale(low, high);
  const cells = map.cells.flatMap((row, r) =>
    row.flatMap((value, c) => {
      const box = { x: LEFT + c * cellWidth, y: TOP + r * cellHeight, width: cellWidth, height: cellHeight };
      return value === undefined ? [] : drawCell(value, box, color(value), share(value, low, high));
    }),
  );
  const content = [
    label(map.title, { x: 16, y: 26, 'font-size': 15, 'font-weight': 600 }),
    label(`${map.yLabel} ↓`, { x: 16, y: TOP - 10, 'font-size': 11 }),
    ...cells,
    ...map.rows.map((text, r) =>
      label(shorten(text, 18), {
        x: LEFT - 8,
        y: TOP + (r + 0.5) * cellHeight + 4,
        'text-anchor': 'end',
        fill: MUTED,
        'font-size': 11,
      }),
    ),
    ...map.columns.map((text, c) => columnLabel(text, LEFT + (c + 0.5) * cellWidth, bottom, cellWidth)),
    label(map.xLabel, { x: LEFT, y: bottom + 84, 'font-size': 12 }),
    ...legend(map.valueLabel, low, high, width - 96, color),
  ];
  return picture(Math.max(width, 420), Math.max(bottom + 100, TOP + 220), map.title, content);
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** On light cells the text is dark. */
function drawCell(value: number, box: Box, fill: string, lightness: number): string[] {
  const cell = element('rect', { ...box, fill, stroke: '#fff' });
  if (box.width < MIN_TEXT_WIDTH || box.height < 14) return [cell];
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 + 4 };
  const text = label(numberText(Number(value.toPrecision(3))), {
    ...at,
    'text-anchor': 'middle',
    'font-size': 11,
    fill: lightness > 0.55 ? '#111' : '#fff',
  });
  return [cell, text];
}

function columnLabel(text: string, x: number, bottom: number, room: number): string {
  const isTurned = Math.min(18, text.length) * 6.5 > room;
  return label(shorten(text, 18), {
    x,
    y: bottom + 16,
    'text-anchor': isTurned ? 'end' : 'middle',
    transform: isTurned ? `rotate(-40 ${round(x)} ${round(bottom + 12)})` : undefined,
    fill: MUTED,
    'font-size': 11,
  });
}

function legend(
  text: string,
  low: number,
  high: number,
  x: number,
  color: (value: number) => string,
): string[] {
  const steps = 20;
  const at = (step: number) => high - ((high - low) * step) / (steps - 1);
  const bars = Array.from({ length: steps }, (_, step) =>
    element('rect', { x, y: TOP + 8 * step, width: 14, height: 8, fill: color(at(step)) }),
  );
  return [
    label(text, { x, y: TOP - 10, 'font-size': 11 }),
    ...bars,
    label(numberText(Number(high.toPrecision(3))), { x: x + 20, y: TOP + 10, 'font-size': 11 }),
    label(numberText(Number(low.toPrecision(3))), { x: x + 20, y: TOP + 8 * steps, 'font-size': 11 }),
  ];
}

function colorScale(low: number, high: number): (value: number) => string {
  const last = HEAT_COLORS.length - 1;
  const domain = HEAT_COLORS.map((_, index) => low + ((high - low || 1) * index) / last);
  return scaleLinear<string>().domain(domain).range(HEAT_COLORS).clamp(true);
}

function share(value: number, low: number, high: number): number {
  return high === low ? 0 : (value - low) / (high - low);
}
