import { didYouMean } from '../../scenario/suggest.ts';
import { NS_PER_MS, NS_PER_SECOND, NS_PER_US } from '../../time.ts';
import { isLatency, type Metric, metricName } from '../metric.ts';
import { type Expression, RELATIONS, type Relation, type Rule, type Unit } from './expression.ts';
import { ruleError, type Token, tokenize } from './tokens.ts';

const UNITS: Readonly<Record<string, { readonly factor: number; readonly unit: Unit }>> = {
  ns: { factor: 1, unit: 'ns' },
  us: { factor: NS_PER_US, unit: 'ns' },
  µs: { factor: NS_PER_US, unit: 'ns' },
  ms: { factor: NS_PER_MS, unit: 'ns' },
  s: { factor: NS_PER_SECOND, unit: 'ns' },
  '%': { factor: 0.01, unit: 'plain' },
};
const METRICS = ['min', 'mean', 'median', 'max', 'p99', 'p99.9', 'share', 'significant'];

/**
 * Parses a gate rule such as `p99.9 < 40us`, `mean <= baseline * 1.05`, `share(>12us) < 0.1%` or `significant`.
 * Throws a UserError that names the column, what was wrong and what would be right.
 *
 *     rule    = "significant" | metric relation sum
 *     metric  = "min" | "mean" | "median" | "max" | "p" number | "share" "(" (">" | ">=") duration ")"
 *     sum     = product { ("+" | "-") product }
 *     product = factor { ("*" | "/") factor }
 *     factor  = number [unit] | "baseline" [ "." metric ] | "(" sum ")"
 */
export function parseRule(text: string): Rule {
  const parser = new Parser(text);
  return parser.rule();
}

/** A duration such as "40us" for options; throws like `parseRule`. */
export function parseDurationNs(text: string): number {
  return new Parser(text).wholeDuration();
}

interface Typed {
  readonly expression: Expression;
  readonly unit: Unit;
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  rule(): Rule {
    if (this.#peek().text === 'significant') {
      this.#take();
      this.#expectEnd();
      return { kind: 'significant', text: this.#text };
    }
    const metric = this.#metric();
    const relation = this.#relation();
    const start = this.#peek();
    const limit = this.#sum(metric);
    this.#expectEnd();
    const unit = isLatency(metric) ? 'ns' : 'plain';
    if (limit.unit !== unit) throw this.#unitError(start, metric, limit);
    return { kind: 'limit', text: this.#text, metric, relation, limit: limit.expression };
  }

  wholeDuration(): number {
    const ns = this.#duration();
    this.#expectEnd();
    return ns;
  }

  #metric(): Metric {
    const token = this.#take();
    const quantile = /^p(\d+(?:\.\d+)?)$/.exec(token.text);
    if (quantile !== null) {
      const percent = Number(quantile[1]);
      if (percent > 0 && percent < 100) return { kind: 'quantile', percent };
      throw this.#error(
        token,
        'a percentile lies between p0 and p100',
        'min and max are metrics of their own',
      );
    }
    if (token.text === 'median') return { kind: 'quantile', percent: 50 };
    if (token.text === 'min' || token.text === 'mean' || token.text === 'max') return { kind: token.text };
    if (token.text === 'share') return this.#share();
    const hint = didYouMean(token.text, METRICS) ?? `metrics: ${METRICS.join(', ')}`;
    throw this.#error(token, `${named(token)} is no metric`, hint);
  }

  #share(): Metric {
    this.#expect('(');
    const token = this.#take();
    if (token.text !== '>' && token.text !== '>=') {
      throw this.#error(token, `${named(token)} where ">" or ">=" belongs`, 'as in share(>12us)');
    }
    const thresholdNs = this.#duration();
    this.#expect(')');
    return { kind: 'share', relation: token.text, thresholdNs };
  }

  #relation(): Relation {
    const token = this.#take();
    const relation = RELATIONS.find((one) => one === token.text);
    if (relation === undefined) {
      throw this.#error(token, `${named(token)} where a comparison belongs`, `one of ${RELATIONS.join(' ')}`);
    }
    return relation;
  }

  #sum(metric: Metric): Typed {
    let left = this.#product(metric);
    while (this.#peek().text === '+' || this.#peek().text === '-') {
      const operator = this.#take();
      const right = this.#product(metric);
      if (left.unit !== right.unit) {
        throw this.#error(operator, 'a latency and a plain number do not add up', 'as in baseline * 1.05');
      }
      left = { expression: operation(operator, left, right), unit: left.unit };
    }
    return left;
  }

  #product(metric: Metric): Typed {
    let left = this.#factor(metric);
    while (this.#peek().text === '*' || this.#peek().text === '/') {
      const operator = this.#take();
      const right = this.#factor(metric);
      const bothNs = left.unit === 'ns' && right.unit === 'ns';
      if (operator.text === '*' ? bothNs : left.unit === 'plain' && right.unit === 'ns') {
        throw this.#error(operator, 'the result is neither a latency nor a plain number');
      }
      const unit = operator.text === '/' && bothNs ? 'plain' : left.unit === 'ns' ? 'ns' : right.unit;
      left = { expression: operation(operator, left, right), unit };
    }
    return left;
  }

  #factor(metric: Metric): Typed {
    const token = this.#take();
    if (token.text === '(') {
      const inner = this.#sum(metric);
      this.#expect(')');
      return inner;
    }
    if (token.kind === 'number') return this.#number(token);
    if (token.text === 'baseline') return this.#baseline(metric);
    const hint =
      token.kind === 'word' ? (didYouMean(token.text, ['baseline']) ?? 'a number or "baseline"') : undefined;
    throw this.#error(token, `${named(token)} where a limit belongs`, hint ?? 'as in p99.9 < 40us');
  }

  #baseline(metric: Metric): Typed {
    let of = metric;
    if (this.#peek().text === '.') {
      this.#take();
      of = this.#metric();
    }
    return { expression: { kind: 'baseline', metric: of }, unit: isLatency(of) ? 'ns' : 'plain' };
  }

  #number(token: Token): Typed {
    const value = Number(token.text);
    const next = this.#peek();
    if (next.kind !== 'word') return { expression: { kind: 'number', value, unit: 'plain' }, unit: 'plain' };
    const row = Object.hasOwn(UNITS, next.text) ? UNITS[next.text] : undefined;
    if (row === undefined) {
      const hint = didYouMean(next.text, Object.keys(UNITS)) ?? `units: ${Object.keys(UNITS).join(', ')}`;
      throw this.#error(next, `${named(next)} is no unit`, hint);
    }
    this.#take();
    return { expression: { kind: 'number', value: value * row.factor, unit: row.unit }, unit: row.unit };
  }

  #duration(): number {
    const token = this.#take();
    if (token.kind !== 'number')
      throw this.#error(token, `${named(token)} where a duration belongs`, 'as in 12us');
    const { expression, unit } = this.#number(token);
    if (unit !== 'ns' || expression.kind !== 'number') {
      throw this.#error(token, 'a duration needs a unit', `${token.text}us?`);
    }
    return expression.value;
  }

  #unitError(token: Token, metric: Metric, limit: Typed): Error {
    const name = metricName(metric);
    if (limit.unit === 'ns') return this.#error(token, `${name} is a share, not a latency`, 'as in < 0.1%');
    const bare = limit.expression.kind === 'number' ? `${token.text}us?` : 'as in 40us';
    return this.#error(token, `${name} is a latency: its limit needs a unit`, bare);
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  #take(): Token {
    const token = this.#peek();
    if (token.kind !== 'end') this.#next++;
    return token;
  }

  #expect(text: string): void {
    const token = this.#take();
    if (token.text !== text) throw this.#error(token, `${named(token)} where "${text}" belongs`);
  }

  #expectEnd(): void {
    const token = this.#peek();
    if (token.kind !== 'end')
      throw this.#error(token, `${named(token)} after the end of the rule`, 'one rule per --gate');
  }

  #error({ column }: Token, message: string, hint?: string): Error {
    return ruleError(this.#text, column, message, hint);
  }
}

function operation(operator: Token, left: Typed, right: Typed): Expression {
  return {
    kind: 'operation',
    operator: operator.text as '+' | '-' | '*' | '/',
    left: left.expression,
    right: right.expression,
  };
}

function named(token: Token): string {
  return token.kind === 'end' ? 'nothing' : `"${token.text}"`;
}
