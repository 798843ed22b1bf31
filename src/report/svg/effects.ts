import { line } from 'd3-shape';
import { type Area, drawXAxis, drawYAxis, numberText, type XLevel, xAxis, yScale } from './axes.ts';
import { element, label, picture, shorten } from './svg.ts';
import { MUTED, SERIES_COLORS } from './theme.ts';

export interface EffectPanel {
  readonly title: string;
  readonly levels: readonly (XLevel & { readonly mean: number })[];
  readonly log: boolean;
}

export interface EffectsChart {
  readonly title: string;
  readonly yLabel: string;
  /** Strongest first. */
  readonly panels: readonly EffectPanel[];
  readonly interactions: readonly { readonly names: readonly [string, string]; readonly strength: number }[];
}

const PANEL = { width: 250, height: 220 } as const;
const ABREAST = 3;
const TOP = 50;
const ROW = 18;
const MAX_INTERACTIONS = 10;

/** Main effects on one scale, side by side, and below them a table of the strongest interactions. */
export function effectsChart(chart: EffectsChart): string {
  const width = 40 + ABREAST * PANEL.width;
  const panelRows = Math.ceil(chart.panels.length / ABREAST);
  const tableTop = TOP + panelRows * PANEL.height + 30;
  const interactions = chart.interactions.slice(0, MAX_INTERACTIONS);
  const height = tableTop + (interactions.length + 2) * ROW;
  const means = chart.panels.flatMap(({ levels }) => levels.map(({ mean }) => mean));
  const content = [
    label(chart.title, { x: 16, y: 24, 'font-size': 15, 'font-weight': 600 }),
    label(chart.yLabel, { x: 16, y: 42, fill: MUTED }),
    ...chart.panels.flatMap((panel, index) => drawPanel(panel, index, means)),
    ...(interactions.length === 0 ? [] : drawInteractions(interactions, tableTop, chart.yLabel)),
  ];
  return picture(width, height, chart.title, content);
}

function drawPanel(panel: EffectPanel, index: number, means: readonly number[]): string[] {
  const area: Area = {
    left: 56 + (index % ABREAST) * PANEL.width,
    top: TOP + 26 + Math.floor(index / ABREAST) * PANEL.height,
    width: PANEL.width - 50,
    height: PANEL.height - 90,
  };
  const x = xAxis(panel.levels, area, panel.log);
  const y = yScale(means, area, true);
  const points = panel.levels.map(({ mean }, level) => [x.at(level), y(mean)] as [number, number]);
  return [
    label(shorten(panel.title, 34), {
      x: area.left - 30,
      y: area.top - 10,
      'font-weight': 600,
      'font-size': 11,
    }),
    ...drawYAxis(y, area, 4),
    ...drawXAxis(x.ticks, area),
    element('path', {
      d: line().digits(2)(points)!,
      fill: 'none',
      stroke: SERIES_COLORS[0],
      'stroke-width': 2,
    }),
    ...points.map(([cx, cy]) => element('circle', { cx, cy, r: 3, fill: SERIES_COLORS[0] })),
  ];
}

function drawInteractions(interactions: EffectsChart['interactions'], top: number, unit: string): string[] {
  return [
    label('Interactions: how far a pair is from the sum of its two effects', {
      x: 16,
      y: top,
      'font-weight': 600,
    }),
    ...interactions.flatMap(({ names: [one, other], strength }, row) => [
      label(`${shorten(one, 48)} × ${shorten(other, 48)}`, { x: 16, y: top + (row + 1) * ROW }),
      label(`${numberText(Number(strength.toPrecision(3)))} ${unit.includes('µs') ? 'µs' : ''}`, {
        x: 40 + ABREAST * PANEL.width - 24,
        y: top + (row + 1) * ROW,
        'text-anchor': 'end',
      }),
    ]),
  ];
}
