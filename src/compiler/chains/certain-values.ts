import { isField, type Node } from './node.ts';
import { type PathTree, valuesAt } from './path-tree.ts';

/** Of all choices from a point on, how many parts at most one of them has that are not certain to be needed. */
export function largestSide(from: PathTree): number {
  const certain = certainValues(from);
  const sizes = [...certain].filter(({ kind }) => kind === 'choose').map((node) => ownParts(node, certain));
  return Math.max(0, ...sizes);
}

function ownParts({ operands }: Node, certain: ReadonlySet<Node>): number {
  const own = new Set<Node>();
  const add = (node: Node): void => {
    if (own.has(node) || certain.has(node) || node.kind === 'const' || isField(node)) return;
    own.add(node);
    for (const operand of node.operands) add(operand);
  };
  for (const side of operands.slice(1)) add(side);
  return own.size;
}

/** Values that each way from a point on needs, whatever it chooses: they may be computed before. A fork is one way. */
export function certainValues(from: PathTree | null): Set<Node> {
  const values = new Set<Node>();
  for (let tree = from; tree !== null; ) {
    addAll(values, valuesAt(tree));
    if (tree.kind === 'end') return values;
    if (tree.kind === 'call') tree = tree.next;
    else {
      if (tree.yes !== null && tree.no !== null && tree.yes !== tree.no) {
        const others = certainValues(tree.no);
        for (const value of certainValues(tree.yes)) if (others.has(value)) values.add(value);
        return values;
      }
      tree = tree.yes ?? tree.no;
    }
  }
  return values;
}

function addAll(values: Set<Node>, nodes: readonly Node[]): void {
  for (const node of nodes) {
    if (values.has(node)) continue;
    values.add(node);
    addAll(values, node.kind === 'choose' ? node.operands.slice(0, 1) : node.operands);
  }
}
