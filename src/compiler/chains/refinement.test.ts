import { expect, it } from 'vitest';
import { Refinement } from './refinement.ts';

it('looks at one disturbed turn of so many until enough has been seen, and counts all', () => {
  let looks = 0;
  const refinement = new Refinement(3, () => ++looks === 2);
  refinement.turns += 100;
  for (let turn = 1; turn <= 5; turn++) refinement.note(1);
  expect({ looks, isDone: refinement.isDone }).toEqual({ looks: 1, isDone: false });
  // Those of a pause may be turns as usual.
  refinement.note(10);
  expect(looks).toBe(1);
  for (let turn = 1; turn <= 5; turn++) refinement.note(1);
  expect({ looks, isDone: refinement.isDone }).toEqual({ looks: 2, isDone: true });
  expect(refinement.share).toBe(0.2);
});
