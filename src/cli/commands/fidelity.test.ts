import { describe, expect, it } from 'vitest';
import { kvmtimer } from '../../testing/command.ts';

const TABLE = `what                                             published  kvmtimer    error  sign  kind
christopherson-2019-pin-control
  entry after a toggle, relative to one without        2…3     1 ± 0  -50.0 %        calibrated  OUT

1 calibrated: median error 50.0 %, no wrong sign, 1 outside their tolerance
`;

const MARKDOWN = `| experiment | what | published | kvmtimer | error | sign | kind |
| --- | --- | ---: | ---: | ---: | --- | --- |
| christopherson-2019-pin-control | entry after a toggle, relative to one without | 2…3 | 2.04 ± 0 | +0.0 % |  | calibrated |

- 1 calibrated: median error 0.0 %, no wrong sign, all within their tolerance
`;

describe('kvmtimer fidelity', () => {
  it('exits with 2 when a row leaves its tolerance', async () => {
    const args = ['--seeds', '1', '--without', 'vm_entry_dirty', 'christopherson-2019-pin-control'];
    expect(await kvmtimer(['fidelity', ...args])).toEqual({ code: 2, stdout: TABLE, stderr: '' });
  });

  it('exits with 0 when none does', async () => {
    const args = ['--seeds', '1', '--format', 'markdown', 'christopherson-2019-pin-control'];
    expect(await kvmtimer(['fidelity', ...args])).toEqual({ code: 0, stdout: MARKDOWN, stderr: '' });
  });

  it('says the same twice', async () => {
    const args = [
      'fidelity',
      '--seeds',
      '2',
      '--format',
      'json',
      '--kind',
      'predicted',
      'li-2019-world-switch',
    ];
    const first = await kvmtimer(args);
    expect(first).toEqual(await kvmtimer(args));
    expect(JSON.parse(first.stdout)).toMatchObject({ seeds: 2, summary: { predicted: { rows: 1 } } });
  });

  it.each([
    [['--seeds', 'many'], 'error: --seeds: "many" is not a whole number from 1 to 1000\n'],
    [['--without', 'vm_exti', 'li-2020-vmcall'], /^error: "vm_exti" is neither a cost nor a stage/],
    [
      ['li-2020-vmcal'],
      /^error: there is no experiment "li-2020-vmcal" \(did you mean "li-2020-vmcall"\?\)\n$/,
    ],
    [['./missing.experiment.json'], /missing\.experiment\.json/],
  ])('%j is one error', async (args, message) => {
    const { code, stdout, stderr } = await kvmtimer(['fidelity', ...args]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    if (typeof message === 'string') expect(stderr).toBe(message);
    else expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
