import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Stage } from './costs/stages.ts';
import { LatencyRecorder } from './latency-recorder.ts';
import { PathRecorder } from './path-recorder.ts';

const NS = fc.integer({ min: 0, max: 900_000 });
const SAMPLES = fc.array(NS, { maxLength: 40 });

function recorder(): LatencyRecorder {
  const empty = new LatencyRecorder(300_000, 5);
  empty.tailFromNs = 500_000;
  return empty;
}

/** Two cycles each nanosecond. */
function record(into: LatencyRecorder, samplesNs: readonly number[]): void {
  for (const latencyNs of samplesNs) {
    const path = new PathRecorder();
    path.record(Stage['kvm.exit_tail'], 2 * latencyNs);
    into.record(latencyNs, 0, 2 * latencyNs, path);
  }
}

describe('samples that do not count', () => {
  it('leave nothing behind once there are as many as were to settle', () => {
    fc.assert(
      fc.property(SAMPLES, fc.array(NS, { minLength: 1, maxLength: 40 }), SAMPLES, (before, run, after) => {
        const [settled, other] = [recorder(), recorder()];
        record(settled, before);
        settled.settle(run.length);
        record(settled, run.slice(1));
        expect(settled.isSettling).toBe(true);
        record(settled, run.slice(0, 1));
        expect(settled.isSettling).toBe(false);
        record(settled, after);
        record(other, [...before, ...after]);
        expect(settled.snapshot()).toEqual(other.snapshot());
      }),
    );
  });

  it('leave nothing behind if there are fewer and no more come', () => {
    const settled = recorder();
    record(settled, [7, 400_000]);
    const before = settled.snapshot();
    settled.settle(3);
    record(settled, [9, 800_000]);
    settled.endSettling();
    expect(settled.isSettling).toBe(false);
    expect(settled.snapshot()).toEqual(before);
  });

  it('are none if none were to settle', () => {
    const one = recorder();
    one.endSettling();
    record(one, [7]);
    expect(one.samples).toBe(1);
  });
});
