import { describe, expect, it } from 'vitest';
import * as kvmtimer from './index.ts';

describe('the public API', () => {
  it('goes from a scenario to a verdict without a terminal', async () => {
    const set = ['workload.loops=500'];
    const on = await kvmtimer.loadScenario('jiang-2016-v4-hv-timer-on', { set });
    const off = await kvmtimer.loadScenario('jiang-2016-v4-hv-timer-off', { set });
    const candidate = { label: 'on', runs: [{ file: 'on', document: kvmtimer.runScenario(on) }] };
    const baseline = {
      label: 'off',
      runs: [{ file: 'off', document: await kvmtimer.runScenarioAside(off) }],
    };
    const vary = ['host.kvm.enable_hv_timer'];
    expect(kvmtimer.compareSides([baseline, candidate], { vary }).sides).toHaveLength(2);
    const rules = [kvmtimer.parseRule('mean < baseline')];
    const gate = kvmtimer.evaluateGate(baseline, [candidate], rules, { vary });
    expect(kvmtimer.gateExitCode(gate)).toBe(kvmtimer.ExitCode.success);
    const reversed = kvmtimer.evaluateGate(candidate, [baseline], rules, { vary });
    expect(kvmtimer.gateExitCode(reversed)).toBe(kvmtimer.ExitCode.gateFailed);
  });

  it('runs the same with and without pauses, and can be stopped', async () => {
    const scenario = await kvmtimer.loadScenario('jiang-2016-v4-hv-timer-on', {
      set: ['workload.loops=30000'],
    });
    const text = kvmtimer.serializeResult(kvmtimer.runScenario(scenario));
    expect(kvmtimer.serializeResult(await kvmtimer.runScenarioAside(scenario))).toBe(text);
    const progress: number[] = [];
    const stopped = kvmtimer.runScenario(scenario, {
      shouldStop: () => true,
      onProgress: (done) => progress.push(done),
    });
    expect(stopped.partial).toBe(true);
    expect(stopped.measurements[0].samples).toBe(progress[0]);
    expect(progress[0]).toBeLessThan(30_000);
  });
});
