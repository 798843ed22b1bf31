import { expect, it } from 'vitest';
import { Op } from '../wasm/opcodes.ts';
import { unchanged } from './exact.ts';
import { Nodes } from './nodes.ts';

const nodes = new Nodes();
const field = nodes.load('f64', Op.f64Load, nodes.constant('i32', 0), 8, null, 3);
const number = (value: number) => nodes.constant('f64', value);

it('takes a zero for nothing only where it does not change the sign of another', () => {
  const later = nodes.operate('f64', [Op.f64Add], field, number(360));
  expect(unchanged(Op.f64Add, later, number(0))).toBe(later);
  expect(unchanged(Op.f64Add, number(-0), later)).toBe(later);
  expect(unchanged(Op.f64Sub, field, number(0))).toBe(field);
  // -0 + 0 is 0, and so is -0 - -0.
  expect(unchanged(Op.f64Add, field, number(0))).toBeNull();
  expect(unchanged(Op.f64Sub, field, number(-0))).toBeNull();
  expect(unchanged(Op.f64Add, later, number(1))).toBeNull();
  expect(unchanged(Op.f64Mul, later, number(0))).toBeNull();
});
