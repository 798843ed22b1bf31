import { describe, expect, it } from 'vitest';
import { chainOf, eventsOf, latencyOf } from './chain.ts';
import { measureGeneralSimulators } from './measure.ts';
import { runSimjs } from './simjs.ts';
import { runSimpy } from './simpy.ts';

const CHAIN = chainOf(20, 100);

describe('general simulators', () => {
  it('get as many events as the engine has', () => {
    expect(eventsOf(CHAIN)).toBe(2000);
    expect(latencyOf(chainOf(2, 4))).toBe(2 * (700 + 300));
  });

  it('simulate the chain', () => {
    expect(runSimjs(CHAIN)).toMatchObject({ latency: latencyOf(CHAIN), version: '2.0.3' });
  });

  it('simulate it in SimPy, where that is installed', () => {
    const run = runSimpy(CHAIN);
    if (run !== null) expect(run.latency).toBe(latencyOf(CHAIN));
  });

  it('are told by name, installed or not', () => {
    const results = measureGeneralSimulators(5, 10, 2);
    expect(results.map(({ name }) => name)).toEqual(['SIM.JS', 'SimPy']);
    for (const { version, nsPerEvent } of results) expect(version === null).toBe(nsPerEvent === null);
  });
});
