import { expect, it } from 'vitest';
import { kvmtimer } from '../../testing/command.ts';
import { ROOT } from '../../testing/documents.ts';

it('the scenarios that ship give the numbers in results/baselines', async () => {
  const { code, stdout, stderr } = await kvmtimer(['baseline', 'check'], { cwd: ROOT });
  // A number moved: look at the list, and accept it with `kvmtimer baseline update` if it is right.
  expect(stdout).toMatch(/^\d+ scenarios: \d+ same\n$/);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}, 300_000);
