import fc from 'fast-check';
import seedrandom from 'seedrandom';
import { expect, test } from 'vitest';
import { seedWords } from './seed-words.ts';

test('draws the words that seedrandom draws', () => {
  const texts = fc.oneof(fc.string(), fc.string({ minLength: 250, maxLength: 600, unit: 'binary' }));
  fc.assert(
    fc.property(texts, (text) => {
      const source = seedrandom(text);
      const words = Array.from({ length: 5 }, () => source.int32());
      expect([...seedWords(text, 5)]).toEqual(words);
    }),
  );
});
