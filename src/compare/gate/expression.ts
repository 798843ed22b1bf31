import type { Metric } from '../metric.ts';

export const RELATIONS = ['<=', '>=', '==', '!=', '<', '>'] as const;
export type Relation = (typeof RELATIONS)[number];

/** What a number stands for: a latency in ns, or a plain number (a share, a factor). */
export type Unit = 'ns' | 'plain';

/** Right-hand side of a rule. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number; readonly unit: Unit }
  /** The baseline's value of `metric`. */
  | { readonly kind: 'baseline'; readonly metric: Metric }
  | {
      readonly kind: 'operation';
      readonly operator: '+' | '-' | '*' | '/';
      readonly left: Expression;
      readonly right: Expression;
    };

/** One demand on the candidate. */
export type Rule =
  | {
      readonly kind: 'limit';
      readonly text: string;
      readonly metric: Metric;
      readonly relation: Relation;
      readonly limit: Expression;
    }
  /** No metric may be worse by a significant difference of at least the minimum effect. */
  | { readonly kind: 'significant'; readonly text: string };

/** Whether the rule can be judged only against a baseline. */
export function needsBaseline(rule: Rule): boolean {
  return rule.kind === 'significant' || mentionsBaseline(rule.limit);
}

export function mentionsBaseline(expression: Expression): boolean {
  if (expression.kind === 'baseline') return true;
  if (expression.kind === 'number') return false;
  return mentionsBaseline(expression.left) || mentionsBaseline(expression.right);
}
