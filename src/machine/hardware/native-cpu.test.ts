import { expect, test } from 'vitest';
import { runRaw } from '../../testing/lab.ts';

const ACTIONS = ['deadline', 'past', 'rearm-earlier', 'far', 'oneshot', 'periodic'] as const;

test.each(ACTIONS)('bare metal serves each timer action: %s', (action) => {
  const { results } = runRaw({
    name: 'bare',
    virtualization: 'bare-metal',
    workload: { tool: 'lapic_timer', action, loops: 50 },
  });
  const past = action === 'past' ? 200_000 : 0;
  expect(results[0].samples).toBeGreaterThanOrEqual(50);
  expect(results[0].minCycles).toBeGreaterThanOrEqual(past);
  expect(results[0].maxCycles).toBeLessThan(past + 20_000);
});
