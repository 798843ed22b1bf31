import { type EffectPanel, effectsChart } from '../report/svg/effects.ts';
import type { GrowthPoint } from './growth.ts';

/** The cost of a loop against each quantity, on one scale. */
export function growthGraph(points: readonly GrowthPoint[]): string {
  const quantities = [...new Set(points.map(({ quantity }) => quantity))];
  const isRelative = points.every(({ relative }) => relative !== null);
  return effectsChart({
    title: 'What a loop costs',
    yLabel: isRelative ? 'CPU time of a loop of a thread, in times that of a fixed work in C' : 'ns per loop',
    panels: quantities.map((quantity) => panelOf(quantity, points, isRelative)),
    interactions: [],
  });
}

function panelOf(quantity: string, points: readonly GrowthPoint[], isRelative: boolean): EffectPanel {
  const own = points.filter((point) => point.quantity === quantity);
  return {
    title: quantity,
    log: own.every(({ value }) => value > 0),
    levels: own.map(({ value, nsPerLoop, relative }) => ({
      label: String(value),
      position: value,
      mean: isRelative ? relative! : nsPerLoop,
    })),
  };
}
