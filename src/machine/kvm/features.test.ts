import { describe, expect, test } from 'vitest';
import { KERNEL_FEATURE_TABLE, kernelFeatures } from './features.ts';
import { KERNEL_VERSIONS, releaseNumber } from './versions.ts';

/** The published summary of presets: one line per behaviour, the columns as in the header. */
const COLUMNS = [
  '4.4',
  '4.8',
  '4.13',
  '4.18',
  '4.20',
  '5.3',
  '5.4',
  '5.8',
  '5.15',
  '6.1',
  '6.12',
  '6.18',
] as const;
const SUMMARY = {
  hvTimer: ['none', 'deadline-only', ...Array(10).fill('all-modes')],
  hvExpiredAtArm: ['arm-zero', 'arm-zero', ...Array(10).fill('expire-now')],
  hvRefusesZeroDeadline: [false, false, false, ...Array(9).fill(true)],
  advanceAppliesToHv: [false, false, false, ...Array(9).fill(true)],
  advanceDefaultNs: [0, 0, 0, 0, 1000, -1, -1, -1, -1, -1, -1, -1],
  pinControl: [...Array(4).fill('toggle-at-arm'), 'toggle-at-entry', ...Array(7).fill('soft-disable')],
  hrtimerMode: [...Array(5).fill('abs-pinned'), 'abs', ...Array(6).fill('abs-hard')],
  postedTimer: [...Array(5).fill(false), ...Array(7).fill(true)],
  fastpathWrmsr: [...Array(7).fill('none'), ...Array(4).fill('hv-only'), 'all'],
  haltPollMaxNs: [400_000, 400_000, ...Array(10).fill(200_000)],
  haltPollShrink: [...Array(10).fill(0), 2, 2],
  kvmExitTrace: [...Array(7).fill('late'), ...Array(5).fill('early')],
} as const;

describe('kernel features', () => {
  test.each(Object.entries(SUMMARY))('%s follows the published summary', (name, expected) => {
    const values = COLUMNS.map((version) => kernelFeatures(version)[name as keyof typeof SUMMARY]);
    expect(values).toEqual(expected);
  });

  test.each(Object.entries(KERNEL_FEATURE_TABLE))(
    'steps of %s ascend from the oldest release',
    (_, { steps }) => {
      const releases = steps.map(([since]) => releaseNumber(since));
      expect(releases).toEqual([...releases].sort((a, b) => a - b));
      expect(new Set(releases).size).toBe(releases.length);
      expect(steps[0][0]).toBe(KERNEL_VERSIONS[0]);
    },
  );

  test('4.10 is newer than 4.8', () => {
    expect(kernelFeatures('4.10').hvTimer).toBe('all-modes');
    expect(kernelFeatures('4.9').hvTimer).toBe('deadline-only');
  });

  test('the postings of the series differ as its cover letter says', () => {
    const posting = (revision: 'v1' | 'v2' | 'v3' | 'v4') => kernelFeatures('4.8', revision);
    expect(posting('v1').hvExpiryChecksPerEntry).toBe(2);
    expect(posting('v2').hvExpiryChecksPerEntry).toBe(0);
    expect(['v1', 'v2', 'v3', 'v4'].map((revision) => posting(revision as 'v1').hvSwitchAt)).toEqual([
      ...['sched-out', 'sched-out', 'block', 'block'],
    ]);
    expect(posting('v3').hvRangeCheck).toBe('minus-one');
    expect(posting('v4').hvRangeCheck).toBe('erange');
    expect(posting('v4').vcpuLoadRestart).toBe('set-hv-timer');
    expect(posting('v3').vcpuLoadRestart).toBe('none');
  });
});
