import { describe, expect, it } from 'vitest';
import { withoutPrefix } from './console-prefix.ts';

describe('withoutPrefix', () => {
  it.each([
    ['[VM 3] # Histogram', 'VM 3', '# Histogram'],
    ['[   12.345678] # Histogram', '', '# Histogram'],
    ['[2026-11-22 12:00:00] [VM 1] 000012 000034\t000056', 'VM 1', '000012 000034\t000056'],
    ['2026-11-22T12:00:00.123Z T: 0 (14440)', '', 'T: 0 (14440)'],
    ['12:00:00.123        0:       1:      12', '', '       0:       1:      12'],
    ['Nov 22 12:00:00 node7 cyclictest[812]: # Total: 000000003', 'node7', '# Total: 000000003'],
    ['Nov  2 12:00:00 # Total: 000000003', '', '# Total: 000000003'],
    ['vm-3  | 000012 000034', 'vm-3', '000012 000034'],
  ])('%j', (line, label, text) => {
    expect(withoutPrefix(line)).toEqual({ label, text });
  });

  it.each([
    '[root@alien ~]# cyclictest -m',
    '000012 000034',
    '       0:      18:      36',
    'T: 0 (14440) P:80 I:200 C:   5000 Min:      4 Act:    8 Avg:   11 Max:    1885',
    '# Histogram',
    '',
  ])('leaves %j as it is', (line) => {
    expect(withoutPrefix(line)).toEqual({ label: '', text: line });
  });
});
