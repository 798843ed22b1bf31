import { describe, expect, it } from 'vitest';
import { parseXml } from '../testing/xml.ts';
import { growthGraph } from './graph.ts';
import {
  type GrowthPoint,
  type GrowthSetting,
  growthSettings,
  loopGrowth,
  measureGrowth,
  measurePoint,
} from './growth.ts';

/** A machine without noise: each run costs a start and its loops. */
const ideal = ({ loops }: GrowthSetting) =>
  Promise.resolve({ nsPerLoop: 5000 + 1e8 / loops, relative: null, residentMib: 100 });

describe('growth', () => {
  it('is measured along four quantities, one at a time', async () => {
    const points = await measureGrowth(1000, ideal);
    const values: Record<string, number[]> = {};
    for (const { quantity, value } of points) values[quantity] = [...(values[quantity] ?? []), value];
    expect(values).toEqual({
      loops: [1000, 10_000, 100_000],
      'threads on one vCPU': [1, 2, 4, 8],
      'vCPUs with a thread each': [1, 2, 4, 8],
      'host IPIs per second': [0, 1000, 10_000],
    });
  });

  it('runs each of its settings', async () => {
    const settings = growthSettings(50).filter(({ value }) => value === 4 || value === 10_000);
    expect(settings).toHaveLength(3);
    for (const setting of settings) {
      const { nsPerLoop, residentMib } = await measurePoint(setting);
      expect(nsPerLoop).toBeGreaterThan(0);
      expect(residentMib).toBeGreaterThan(10);
    }
  });

  it('is linear where only the start is paid once', async () => {
    const growth = loopGrowth(await measureGrowth(1000, ideal));
    expect(growth.costChange).toBeCloseTo(0, 9);
    expect(growth).toMatchObject({ mib: 0, isLinear: true, isConstant: true });
  });

  it.each([
    ['that costs more with more loops', { nsPerLoop: 20_000 }, { isLinear: false, isConstant: true }],
    ['that keeps memory', { residentMib: 106 }, { isLinear: true, isConstant: false }],
  ])('tells an engine %s', async (_, excess, verdict) => {
    const points = await measureGrowth(1000, ideal);
    const most = points.findIndex(({ value }) => value === 100_000);
    expect(loopGrowth(points.with(most, { ...points[most], ...excess }))).toMatchObject(verdict);
  });

  it('is drawn with a panel for each quantity', async () => {
    const points = await measureGrowth(1000, ideal);
    const svg = growthGraph(points);
    expect(parseXml(svg).name).toBe('svg');
    for (const { quantity } of points) expect(svg).toContain(`>${quantity}</text>`);
    expect(svg.match(/<circle /g)).toHaveLength(points.length);
    expect(svg).toContain('>ns per loop<');
  });

  it('is drawn in times of a fixed work where that was measured', () => {
    const point: GrowthPoint = {
      ...growthSettings(1000)[0],
      nsPerLoop: 1,
      relative: 20,
      residentMib: 100,
    };
    expect(growthGraph([point])).toContain('in times that of a fixed work');
  });
});
