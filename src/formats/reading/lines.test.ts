import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf } from './lines.ts';

const texts = (text: string) => [...linesOf(text, 'log')].map((line) => line.text);

describe('linesOf', () => {
  it('takes off CR LF, cursor movement, colours and titles', () => {
    expect(texts('a\r\n\x1b[4Apolicy: fifo\n\x1b[1;31mred\x1b[0m\n\x1b]0;title\x07b\x1b[K\n')).toEqual([
      'a',
      'policy: fifo',
      'red',
      'b',
    ]);
  });

  it('shows what was written last over a line', () => {
    expect(texts('10 %\r90 %\rdone\n')).toEqual(['done']);
  });

  it('tells a last line that may have been cut off', () => {
    expect([...linesOf('one\ntwo', 'log')]).toEqual([
      { number: 1, label: '', text: 'one', complete: true },
      { number: 2, label: '', text: 'two', complete: false },
    ]);
  });

  it('refuses a line that no program prints', () => {
    expect(() => texts(`a\n${'x'.repeat(17 * 1024 * 1024)}`)).toThrow(
      /^log:2:1: the line is longer than 16 MB/,
    );
  });

  it('finds each line once, whatever they hold', () => {
    const line = fc.string().filter((text) => !/[\r\n\x1b]/.test(text) && !/^[[\dA-Z]|\|/.test(text));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        expect(texts(lines.map((text) => `${text}\n`).join(''))).toEqual(lines);
      }),
    );
  });
});
