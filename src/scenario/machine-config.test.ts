import { describe, expect, test } from 'vitest';
import type { MachineConfig } from '../machine/config.ts';
import { machineConfig } from './machine-config.ts';
import { resolveScenario } from './resolve.ts';

function configOf(raw: object): MachineConfig {
  const { scenario, profile } = resolveScenario({ name: 'test', ...raw });
  return machineConfig(scenario, profile);
}

describe('the machine of a scenario', () => {
  test('an empty scenario is a 4.8 host with the hv timer', () => {
    const config = configOf({});
    expect(config.kvm.hvTimerUnusable).toBeNull();
    expect(config.kvm).toMatchObject({
      rateShift: 5,
      haltPollNs: 400_000,
      lapicTimerAdvanceNs: 0,
      vendor: 'intel',
    });
    expect(config.guest).toMatchObject({ tscKhz: 2_294_684, tscScaled: false });
    expect(config.vcpus).toHaveLength(1);
  });

  test('idle states reach as deep as permitted', () => {
    const depths = ['off', 'c1', 'c1e', 'c6'].map(
      (cstates) => configOf({ host: { cstates } }).host.cstates.length,
    );
    expect(depths).toEqual([0, 1, 2, 4]);
    expect(configOf({ host: { cstates: 'c1' } }).host.cstates[0]).toEqual({
      exitCycles: 4589,
      residencyNs: 2000,
    });
  });

  test('nohz_full leaves 1 Hz before 4.17, nothing since, and HZ where something else runs', () => {
    const tickHz = (version: string, pcpu: object = {}) =>
      configOf({ host: { kernel: { version, nohz_full: true, hz: 250 } }, vcpus: [{ pcpu }] }).vcpus[0]
        .tickHz;
    expect(tickHz('4.8')).toBe(1);
    expect(tickHz('4.17')).toBe(0);
    expect(tickHz('4.17', { nohz_full: false })).toBe(250);
    expect(tickHz('4.17', { competitors: [{}] })).toBe(250);
  });

  test('an isolated CPU is spared what is not bound to it', () => {
    const kworker = (unbound: boolean) => ({ per_second: 10, duration_us: [20, 200], unbound });
    const sharing = (isolated: boolean, bound: boolean) => {
      const { vcpus } = configOf({
        host: { kernel: { version: '6.1', nohz_full: true }, noise: { kworker: kworker(!bound) } },
        vcpus: [{ pcpu: { isolated, competitors: [{ pinned: bound }] } }],
      });
      const [{ competitors, kworker: noise, tickHz }] = vcpus;
      return { competitors: competitors.length, kworker: noise !== null, tickless: tickHz === 0 };
    };
    const shared = { competitors: 1, kworker: true, tickless: false };
    expect(sharing(true, false)).toEqual({ competitors: 0, kworker: false, tickless: true });
    expect(sharing(true, true)).toEqual(shared);
    expect(sharing(false, false)).toEqual(shared);
    expect(sharing(false, true)).toEqual(shared);
  });

  test('what an isolated CPU is spared does not overload it', () => {
    const kworker = { per_second: 1000, duration_us: [1000, 1000], unbound: true };
    const overloaded = (isolated: boolean) =>
      configOf({ host: { noise: { kworker } }, vcpus: [{ pcpu: { isolated } }] });
    expect(overloaded(true).vcpus[0].kworker).toBeNull();
    expect(() => overloaded(false)).toThrow(/takes 100 % of the time of vcpus\.0/);
  });

  test('--latency below the exit latency of C1 makes a kernel that idles by MWAIT poll', () => {
    const idle = (guest: string, latency_us: number, cstates = 'c6') =>
      configOf({
        virtualization: 'bare-metal',
        host: { cstates },
        guest: { idle: guest },
        workload: { latency_us },
      }).guest.idle;
    expect(idle('mwait', 0)).toBe('poll');
    expect(idle('mwait', 1)).toBe('poll');
    expect(idle('mwait', 2)).toBe('mwait');
    expect(idle('mwait', 0, 'off')).toBe('mwait');
    expect(idle('hlt', 0)).toBe('hlt');
  });

  test('mitigations add up on the side where they act', () => {
    const host = { kernel: { version: '6.1', mitigations: ['ibrs', 'retpoline', 'mds_clear'] } };
    const { costs } = configOf({}).profile;
    const config = configOf({ host }).host;
    expect(config.mitigationExitCycles).toBe(costs.mitigation_ibrs.value + costs.mitigation_retpoline.value);
    expect(config.mitigationEntryCycles).toBe(costs.mitigation_mds_clear.value);
  });

  test('a nested KVM counts at rate 5', () => {
    const host = { cpu: 'xeon-gold-6248', kernel: { version: '6.1' } };
    expect(configOf({ host }).kvm.rateShift).toBe(7);
    expect(configOf({ host, virtualization: 'nested' }).kvm.rateShift).toBe(5);
  });

  test('noise that never strikes is none', () => {
    const smi = (per_second: number) =>
      configOf({ host: { noise: { smi: { per_second, duration_us: [10, 20] } } } }).host.noise.smi;
    expect(smi(0)).toBeNull();
    expect(smi(2)).toEqual({ perSecond: 2, minCycles: 22_947, maxCycles: 45_894 });
  });
});
