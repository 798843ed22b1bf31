import { readFileSync } from 'node:fs';
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { didYouMean } from '../../scenario/suggest.ts';
import { type Problem, UserError } from '../../user-error.ts';
import type { Rule } from './expression.ts';
import { parseMinEffect } from './min-effect.ts';
import { parseRule } from './parse.ts';
import type { MinEffect } from './subject.ts';

/** Looked for in the working folder when no rule is given. */
export const RULES_FILE = 'kvmtimer.gate.json';

/** What a gate file sets; the command line's options go before its own. */
export interface GateSettings {
  readonly rules: readonly Rule[];
  readonly alpha?: number;
  readonly minEffect?: MinEffect;
  readonly vary?: readonly string[];
  readonly exact?: boolean;
}

const KEYS = ['$schema', 'rules', 'alpha', 'min_effect', 'vary', 'exact'];

/**
 * Reads `{ "rules": ["p99.9 < 40us", ...], "alpha": 0.01, "min_effect": "1%", "vary": [], "exact": false }`; all
 * but the rules may be left out. Throws a UserError that names every wrong place.
 */
export function readRulesFile(file: string): GateSettings {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError('gate-unreadable', { file, message: `cannot be read: ${(error as Error).message}` });
  }
  const reader = new SettingsReader(file, text);
  return reader.read();
}

class SettingsReader {
  readonly #file: string;
  readonly #text: string;
  readonly #problems: Problem[] = [];

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
  }

  read(): GateSettings {
    const errors: ParseError[] = [];
    const root = parseTree(this.#text, errors, { allowTrailingComma: false });
    for (const { error, offset } of errors.slice(0, 1)) this.#problem(offset, printParseErrorCode(error));
    if (errors.length === 0 && root?.type !== 'object') {
      this.#problem(0, 'a gate file is an object', '{ "rules": ["p99.9 < 40us"] }');
    }
    const settings = errors.length === 0 && root?.type === 'object' ? this.#settings(root) : { rules: [] };
    if (this.#problems.length > 0) throw new UserError('gate-invalid', this.#problems);
    return settings;
  }

  #settings(root: Node): GateSettings {
    const fields = new Map(
      (root.children ?? []).map((pair) => [String(pair.children![0]!.value), pair.children!]),
    );
    for (const [key, [node]] of fields) {
      if (KEYS.includes(key)) continue;
      this.#problem(
        node!.offset,
        `"${key}" is no field of a gate file`,
        didYouMean(key, KEYS) ?? `fields: ${KEYS.join(', ')}`,
      );
    }
    const value = (key: string) => fields.get(key)?.[1];
    const exact = this.#check(value('exact'), 'boolean', 'true or false')?.value as boolean | undefined;
    const rules = this.#strings(value('rules'), 'a list of rules').flatMap((node) =>
      this.#parsed(node, parseRule),
    );
    if (!fields.has('rules') && !exact) this.#problem(root.offset, '"rules" is missing', '["p99.9 < 40us"]');
    const effect = this.#check(value('min_effect'), 'string', '"1%" or "0.5us"');
    return {
      rules,
      exact,
      alpha: this.#alpha(value('alpha')),
      minEffect: effect && this.#parsed(effect, parseMinEffect)[0],
      vary:
        value('vary') && this.#strings(value('vary'), 'a list of paths').map((node) => String(node.value)),
    };
  }

  #alpha(node: Node | undefined): number | undefined {
    const found = this.#check(node, 'number', 'between 0 and 1');
    if (found && !(found.value > 0 && found.value < 1))
      this.#problem(found.offset, `${found.value} is no level`, 'as in 0.01');
    return found?.value;
  }

  #strings(node: Node | undefined, hint: string): Node[] {
    const list = this.#check(node, 'array', hint)?.children ?? [];
    return list.filter((item) => this.#check(item, 'string', hint) !== undefined);
  }

  #check(node: Node | undefined, type: Node['type'], hint: string): Node | undefined {
    if (node === undefined || node.type === type) return node;
    this.#problem(node.offset, `a ${node.type} where a ${type} belongs`, hint);
    return undefined;
  }

  #parsed<T>(node: Node, parse: (text: string) => T): T[] {
    try {
      return [parse(String(node.value))];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      for (const { path, message, hint } of error.problems)
        this.#problem(node.offset, `${path}: ${message}`, hint);
      return [];
    }
  }

  #problem(offset: number, message: string, hint?: string): void {
    const before = this.#text.slice(0, offset).split('\n');
    this.#problems.push({
      file: this.#file,
      line: before.length,
      column: before.at(-1)!.length + 1,
      message,
      hint,
    });
  }
}
