import { line } from 'd3-shape';
import { type Area, drawXAxis, drawYAxis, type XLevel, xAxis, yScale } from './axes.ts';
import { element, label, picture, round } from './svg.ts';
import { SERIES_COLORS } from './theme.ts';

export interface LineSeries {
  readonly name: string;
  /** One value for each level; undefined where there is none. */
  readonly values: readonly (number | undefined)[];
}

export interface LineChart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly levels: readonly XLevel[];
  readonly log: boolean;
  readonly series: readonly LineSeries[];
  /** Name of the series that is drawn strong. */
  readonly emphasis: string;
}

const WIDTH = 760;
const HEIGHT = 420;
const AREA: Area = { left: 70, top: 46, width: 560, height: 290 };

/** How figures follow one varied parameter. */
export function lineChart(chart: LineChart): string {
  const x = xAxis(chart.levels, AREA, chart.log);
  const y = yScale(
    chart.series.flatMap(({ values }) => values.filter((value) => value !== undefined)),
    AREA,
  );
  const content = [
    label(chart.title, { x: AREA.left, y: 26, 'font-size': 15, 'font-weight': 600 }),
    ...drawYAxis(y, AREA),
    ...drawXAxis(x.ticks, AREA),
    label(chart.xLabel, { x: AREA.left + AREA.width / 2, y: HEIGHT - 14, 'text-anchor': 'middle' }),
    label(chart.yLabel, {
      x: 16,
      y: AREA.top + AREA.height / 2,
      transform: `rotate(-90 16 ${round(AREA.top + AREA.height / 2)})`,
      'text-anchor': 'middle',
    }),
    ...chart.series.flatMap((series, index) =>
      drawSeries(series, index, x.at, y, series.name === chart.emphasis),
    ),
  ];
  return picture(WIDTH, HEIGHT, chart.title, content);
}

function drawSeries(
  { name, values }: LineSeries,
  index: number,
  x: (index: number) => number,
  y: (value: number) => number,
  isStrong: boolean,
): string[] {
  const color = SERIES_COLORS[index % SERIES_COLORS.length];
  const known = values.flatMap((value, level) =>
    value === undefined ? [] : [[x(level), y(value)] as [number, number]],
  );
  if (known.length === 0) return [];
  const path = line().digits(2)(known)!;
  const rowY = AREA.top + 10 + 20 * index;
  const legendX = AREA.left + AREA.width + 20;
  return [
    element('path', { d: path, fill: 'none', stroke: color, 'stroke-width': isStrong ? 3 : 1.5 }),
    ...known.map(([cx, cy]) => element('circle', { cx, cy, r: isStrong ? 3.5 : 2.5, fill: color })),
    element('line', {
      x1: legendX,
      x2: legendX + 22,
      y1: rowY - 4,
      y2: rowY - 4,
      stroke: color,
      'stroke-width': isStrong ? 3 : 1.5,
    }),
    label(name, { x: legendX + 28, y: rowY, 'font-weight': isStrong ? 600 : undefined }),
  ];
}
