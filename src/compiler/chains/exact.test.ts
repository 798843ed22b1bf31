import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Op } from '../wasm/opcodes.ts';
import { decided } from './exact.ts';
import { Nodes } from './nodes.ts';
import { operationOf } from './operations.ts';

const nodes = new Nodes();
const zero = nodes.constant('i32', 0);
const field = (now: number) => nodes.load('f64', Op.f64Load, zero, 8, null, now);
const number = (value: number) => nodes.constant('f64', value);
const later = nodes.operate('f64', [Op.f64Add], field(3), number(360));
const special = fc.constantFrom(0, -0, 1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN);

it('comes to the same bits as the operation, whatever the other part is', () => {
  let count = 0;
  const opcode = fc.constantFrom(Op.f64Lt, Op.f64Gt, Op.f64Min, Op.f64Max, Op.f64Sub, Op.f64Add, Op.f64Mul);
  fc.assert(
    fc.property(opcode, special, fc.oneof(special, fc.double()), fc.boolean(), (by, value, now, isFirst) => {
      const [one, other] = isFirst ? [number(value), field(now)] : [field(now), number(value)];
      const left = decided(nodes, by, one, other);
      if (left === null) return;
      count++;
      expect(left.now).toBe(operationOf([by])(one.now, other.now));
    }),
    { numRuns: 6000 },
  );
  expect(count).toBeGreaterThan(200);
});

it('takes a zero for nothing only where it does not change the sign of another', () => {
  expect(decided(nodes, Op.f64Add, later, number(0))).toBe(later);
  expect(decided(nodes, Op.f64Add, number(-0), later)).toBe(later);
  expect(decided(nodes, Op.f64Sub, field(3), number(0))).toBe(field(3));
  // -0 + 0 is 0, and so is -0 - -0.
  expect(decided(nodes, Op.f64Add, field(3), number(0))).toBeNull();
  expect(decided(nodes, Op.f64Sub, field(3), number(-0))).toBeNull();
});
