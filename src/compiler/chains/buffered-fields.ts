import { LOADS, Op } from '../wasm/opcodes.ts';
import type { EffectsFinder } from './effects.ts';
import { isField } from './node.ts';
import type { Nodes } from './nodes.ts';
import { packsOfStores } from './packs.ts';
import { callsOf, type EndTree, endsOf, type PathTree } from './path-tree.ts';

type BufferedType = 'i32' | 'f64';

/**
 * Fields that turns change and that nothing but the chain looks at meanwhile, no function that it calls nor a look at
 * an element of which it is not told where it is: numbers, and integers that are written four at once.
 */
export function bufferedFields(
  tree: PathTree,
  nodes: Nodes,
  effects: EffectsFinder,
): Map<number, BufferedType> {
  const buffered = new Map<number, BufferedType>();
  const others = new Set<number>();
  for (const end of endsOf(tree)) {
    for (const [field, type] of typesOf(end)) {
      if (type !== null && (buffered.get(field) ?? type) === type) buffered.set(field, type);
      else others.add(field);
    }
  }
  for (const { callee } of callsOf(tree)) for (const field of effects.of(callee)!.fields) others.add(field);
  for (const node of nodes.all)
    if (isField(node) && node.opcodes[0] !== LOADS[buffered.get(node.immediate) ?? 'f64'])
      others.add(node.immediate);
  const scanned = [...nodes.scanned.values()];
  const isScanned = (field: number) => scanned.some(({ begin, end }) => begin <= field && field < end);
  return new Map([...buffered].filter(([field]) => !others.has(field) && !isScanned(field)));
}

/** What an end stores to fields, by their addresses; null for what had better be written where it is. */
function typesOf({ stores }: EndTree): (readonly [number, BufferedType | null])[] {
  const fields = stores.filter(({ base }) => base.kind === 'const');
  const packed = new Set(packsOfStores(fields, () => false).flatMap(({ lanes }) => lanes));
  return fields.map((store) => {
    if (store.opcode === Op.f64Store) return [store.offset, 'f64'];
    return [store.offset, packed.has(store) ? 'i32' : null];
  });
}
