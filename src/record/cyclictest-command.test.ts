import { describe, expect, it } from 'vitest';
import { cyclictestArguments } from './cyclictest-command.ts';

describe('cyclictestArguments', () => {
  it.each([
    ['', '-q -m -S -p 80 -i 1000 -h 1000 -D 60'],
    ['-l 100', '-q -m -S -p 80 -i 1000 -h 1000 -l 100'],
    ['-t1 -a3 -H 50', '-q -m -p 80 -i 1000 -D 60 -t1 -a3 -H 50'],
    ['-qmSp80 -i200 -h400 -D10m', '-qmSp80 -i200 -h400 -D10m'],
    [
      '--interval=500 --duration 5 --histogram=20',
      '-q -m -S -p 80 --interval=500 --duration 5 --histogram=20',
    ],
    ['-Nh 20000', '-q -m -S -p 80 -i 1000 -D 60 -Nh 20000'],
    ['-b 100 --latency 5', '-q -m -S -p 80 -i 1000 -h 1000 -D 60 -b 100 --latency 5'],
  ])('%j', (own, expected) => {
    expect(cyclictestArguments(own.split(' ').filter(Boolean)).join(' ')).toBe(expected);
  });

  it('refuses all options at once that take the results away', () => {
    expect(() => cyclictestArguments(['--json=x', '-qv', '--histfile', 'y'])).toThrow(
      [
        '--json: cannot be used with `kvmtimer record` (the result document holds more)',
        '--histfile: cannot be used with `kvmtimer record` (the histogram is read from the output)',
        '-v: cannot be used with `kvmtimer record` (the histogram is kept, not the samples)',
      ].join('\n'),
    );
  });
});
