import { describe, expect, it } from 'vitest';
import { cyclictestOptionsIn, parseCyclictestOptions } from './cyclictest-options.ts';

describe('parseCyclictestOptions', () => {
  it.each([
    ['cyclictest -q -m -p 80 -l 5000 -i 200 -h 100', false, 100],
    ['cyclictest -qNmp80 -H100', true, 100],
    ['cyclictest --nsecs --histogram=20000', true, 20000],
    ['cyclictest --histofall 50 -N', true, 50],
    ['cyclictest -p N -l 5', false, undefined],
    ['cyclictest -t4 -aN -q', false, undefined],
    ['cyclictest -D 10m --policy fifo', false, undefined],
    ['cyclictest -q -- -N', false, undefined],
  ])('%s', (commandLine, nanoseconds, histogramLimit) => {
    expect(parseCyclictestOptions(commandLine)).toMatchObject({ commandLine, nanoseconds, histogramLimit });
  });
});

describe('cyclictestOptionsIn', () => {
  it.each([
    ['root@vm:~# cyclictest -N -q', 'cyclictest -N -q'],
    ['+ sudo /usr/bin/cyclictest -q  ', 'cyclictest -q'],
    ['cyclictest <options>', undefined],
    ['cyclictest V 2.40', undefined],
    ['# cyclictest current status:', undefined],
    ['nothing', undefined],
  ])('%j', (line, commandLine) => {
    expect(cyclictestOptionsIn(line)?.commandLine).toBe(commandLine);
  });
});
