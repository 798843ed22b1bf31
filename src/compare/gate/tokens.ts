import { UserError } from '../../user-error.ts';

export interface Token {
  readonly kind: 'number' | 'word' | 'symbol' | 'end';
  readonly text: string;
  /** 1-based column in the rule. */
  readonly column: number;
}

/** `12.5us` is a number and a word; `p99.9` is one word. */
const NUMBER = String.raw`(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)`;
const WORD = String.raw`(?<word>[\p{L}_][\p{L}\d_]*(?:\.\d+)?|%)`;
const SYMBOL = String.raw`(?<symbol><=|>=|==|!=|[<>()*/+.\-])`;
const TOKEN = new RegExp(String.raw`\s*(?:${NUMBER}|${WORD}|${SYMBOL})`, 'uy');

/** Splits a rule; throws a UserError with the column of a character that means nothing. */
export function tokenize(rule: string): Token[] {
  const tokens: Token[] = [];
  const scanner = new RegExp(TOKEN);
  while (rule.slice(scanner.lastIndex).trim() !== '') {
    const start = scanner.lastIndex;
    const match = scanner.exec(rule);
    if (match === null) {
      const column = start + rule.slice(start).search(/\S/) + 1;
      throw ruleError(rule, column, `"${rule[column - 1]}" means nothing here`);
    }
    const [kind, text] = Object.entries(match.groups!).find(([, found]) => found !== undefined)!;
    tokens.push({ kind: kind as Token['kind'], text: text!, column: scanner.lastIndex - text!.length + 1 });
  }
  return [...tokens, { kind: 'end', text: '', column: rule.length + 1 }];
}

export function ruleError(rule: string, column: number, message: string, hint?: string): UserError {
  return new UserError('gate-invalid', { path: `"${rule}" column ${column}`, message, hint });
}
