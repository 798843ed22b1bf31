import { beforeAll, describe, expect, test } from 'vitest';
import { traceScenario } from '../../run/trace-scenario.ts';
import { resolveScenario } from '../../scenario/resolve.ts';
import type { MachineTrace } from '../machine-trace.ts';
import { writePerfetto } from './write.ts';

interface ChromeEvent {
  readonly ph: 'M' | 'X' | 'i';
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
  readonly s?: string;
  readonly args: Readonly<Record<string, unknown>>;
}

const RAW = {
  name: 'two vCPUs',
  host: { kernel: { version: '6.1' } },
  vcpus: [{}, {}],
  guest: { idle: 'hlt', kernel: { version: '6.1' } },
  workload: { tool: 'cyclictest', threads: 2, loops: 10 },
};

let trace: MachineTrace;
let events: ChromeEvent[];

beforeAll(async () => {
  ({ trace } = await traceScenario(resolveScenario(RAW), { points: null, aroundWorst: null }));
  const document = JSON.parse([...writePerfetto(trace)].join('')) as { traceEvents: ChromeEvent[] };
  events = document.traceEvents;
});

const ns = (microseconds: number) => Math.round(microseconds * 1000);

describe('the JSON trace', () => {
  test('says what it is of', () => {
    const document = JSON.parse([...writePerfetto(trace)].join(''));
    expect(Object.keys(document)).toEqual(['displayTimeUnit', 'otherData', 'traceEvents']);
    expect(document.otherData).toEqual({
      scenario: 'two vCPUs',
      seed: trace.seed,
      kernel: '6.1',
      tsc_khz: trace.tscKhz,
    });
  });

  test('has tracks for hardware, host, KVM, each vCPU and thread', () => {
    const tracks = events
      .filter(({ name }) => name === 'thread_name')
      .map(({ pid, args }) => `${pid} ${args.name}`);
    expect(tracks).toEqual([
      '1 hardware',
      '1 host kernel',
      '1 KVM',
      '1 vCPU',
      '1 cyclictest thread 0',
      '2 hardware',
      '2 host kernel',
      '2 KVM',
      '2 vCPU',
      '2 cyclictest thread 1',
    ]);
  });

  test('every slice and mark lies on a named track and has its required fields', () => {
    const named = new Set(events.filter(({ ph }) => ph === 'M').map(({ pid, tid }) => `${pid} ${tid}`));
    for (const event of events.filter(({ ph }) => ph !== 'M')) {
      expect(named).toContain(`${event.pid} ${event.tid}`);
      expect(event.ts).toBeGreaterThanOrEqual(0);
      if (event.ph === 'X') expect(event.dur).toBeGreaterThanOrEqual(0);
      else expect(event).toMatchObject({ ph: 'i', s: 't' });
    }
    expect(events.filter(({ ph }) => ph === 'i')).toHaveLength(trace.events.length);
  });

  test('slices of a vCPU follow each other without gap or overlap, and none is empty in cycles', () => {
    for (const pid of [1, 2]) {
      const stages = events.filter((event) => event.ph === 'X' && event.pid === pid && event.tid <= 4);
      expect(stages.length).toBeGreaterThan(500);
      stages.slice(1).forEach((stage, index) => {
        expect(ns(stage.ts)).toBe(ns(stages[index].ts) + ns(stages[index].dur));
      });
      expect(stages.filter(({ args }) => !(Number(args.cycles) > 0))).toEqual([]);
    }
  });

  test('a slice is named by its stage and stands on the track of its owner', () => {
    const tracks = ['hardware', 'host', 'kvm', 'guest'];
    for (const { name, tid } of events.filter((event) => event.ph === 'X' && event.tid <= 4)) {
      const [room] = name.split('.');
      const isVirtual = ['kvm.virtual_eoi', 'guest.native_eoi', 'guest.native_deadline_write'].includes(name);
      expect(tracks[tid - 1], name).toBe(isVirtual ? 'hardware' : room);
    }
  });
});
