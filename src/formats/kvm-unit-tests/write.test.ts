import { describe, expect, test } from 'vitest';
import { runScenario } from '../../run/run-at-once.ts';
import { resolveScenario } from '../../scenario/resolve.ts';
import { labMachine } from '../../testing/lab.ts';
import { tscdeadlineLatency } from '../tscdeadline-latency/read.ts';
import { hasKvmUnitTestsForm, writeKvmUnitTests } from './write.ts';

function run(workload: object) {
  const { scenario, profile } = resolveScenario({ ...labMachine(true), workload });
  return runScenario({ scenario, profile });
}

describe('the form of kvm-unit-tests', () => {
  test('a vmexit row is its name and the cycles of one iteration', () => {
    const document = run({ tool: 'vmexit', test: 'tscdeadline', loops: 100 });
    const { cycles, samples } = document.measurements[0];
    expect(hasKvmUnitTestsForm(document)).toBe(true);
    expect(writeKvmUnitTests(document)).toBe(`tscdeadline ${Math.floor(cycles!.sum / samples!)}\n`);
  });

  test('latencies are read back as they were measured', () => {
    const document = run({ tool: 'tscdeadline_latency', loops: 300, wait: 'poll' });
    const text = writeKvmUnitTests(document);
    expect(text.split('\n')).toHaveLength(302);
    const [read] = tscdeadlineLatency.read(text, { file: 'latencies' });
    expect(read.measurements[0].cycles).toEqual(document.measurements[0].cycles);
  });

  test('cyclictest and the path-length guest have other forms', () => {
    expect(hasKvmUnitTestsForm(run({ tool: 'cyclictest', loops: 10 }))).toBe(false);
    expect(hasKvmUnitTestsForm(run({ tool: 'lapic_timer', loops: 10 }))).toBe(false);
  });
});
