import { releaseNumber } from '../machine/kvm/versions.ts';
import type { JsonPath } from './json-source.ts';
import { nearest } from './suggest.ts';

/** A node of a JSON Schema, as far as error messages need it. */
export interface FieldSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, FieldSchema>>;
  readonly items?: FieldSchema;
  readonly prefixItems?: readonly FieldSchema[];
  readonly anyOf?: readonly FieldSchema[];
  readonly oneOf?: readonly FieldSchema[];
}

/** What may stand where: the schema, read for the sake of people who made a mistake. */
export class FieldCatalogue {
  readonly #root: FieldSchema;

  constructor(root: FieldSchema) {
    this.#root = root;
  }

  /** The alternatives that the schema allows at `path`. */
  at(path: JsonPath): readonly FieldSchema[] {
    return path.reduce<readonly FieldSchema[]>(
      (nodes, key) => nodes.flatMap((node) => alternatives(node)).flatMap((node) => child(node, key)),
      [this.#root],
    );
  }

  /** Names of the fields of the object at `path`. */
  keysAt(path: JsonPath): string[] {
    const objects = this.at(path).flatMap((node) => alternatives(node));
    return [...new Set(objects.flatMap(({ properties }) => Object.keys(properties ?? {})))];
  }

  /** Paths of all fields of that name, elements of lists as 0. */
  pathsTo(name: string): string[] {
    return [...fieldPaths(this.#root, [])]
      .filter((path) => path.at(-1) === name)
      .map((path) => path.join('.'));
  }

  /** "a whole number from 1 to 64 (default 1)" for the field at `path`. */
  allowedAt(path: JsonPath): string | undefined {
    const nodes = this.at(path);
    if (nodes.length === 0) return undefined;
    const fallback = nodes[0].default;
    const isScalar = fallback !== undefined && (typeof fallback !== 'object' || fallback === null);
    const kinds = [...new Set(nodes.flatMap((node) => alternatives(node)).map(describeField))];
    return `allowed: ${kinds.join(' or ')}${isScalar ? `; default ${JSON.stringify(fallback)}` : ''}`;
  }

  /** Whether nothing but a text may stand at `path` (or null). */
  takesText(path: JsonPath): boolean {
    const types = this.at(path).flatMap((node) => alternatives(node).map(({ type }) => type));
    return types.includes('string') && types.every((type) => type === 'string' || type === 'null');
  }

  /** The texts that the field at `path` is limited to, if it is. */
  wordsAt(path: JsonPath): string[] {
    const nodes = this.at(path).flatMap((node) => alternatives(node));
    return nodes.flatMap((node) => node.enum ?? [node.const]).filter((word) => typeof word === 'string');
  }
}

/** The allowed word that was probably meant; for releases, those on either side. */
export function likelyWord(typed: string, words: readonly string[]): string | undefined {
  const isRelease = (word: string) => /^\d+\.\d+$/.test(word);
  if (!isRelease(typed) || !words.every(isRelease)) {
    const word = nearest(typed, words);
    return word === undefined ? undefined : `did you mean "${word}"?`;
  }
  const older = words.findLast((word) => releaseNumber(word) < releaseNumber(typed));
  const newer = words.find((word) => releaseNumber(word) > releaseNumber(typed));
  return `nearest: ${[older, newer].filter((word) => word !== undefined).join(' and ')}`;
}

function alternatives(node: FieldSchema): readonly FieldSchema[] {
  const choices = node.anyOf ?? node.oneOf;
  return choices === undefined ? [node] : choices.flatMap((choice) => alternatives(choice));
}

function child(node: FieldSchema, key: string | number): FieldSchema[] {
  const isIndex = /^\d+$/.test(String(key));
  const found =
    isIndex && node.type === 'array'
      ? (node.prefixItems?.[Number(key)] ?? node.items)
      : node.properties !== undefined && Object.hasOwn(node.properties, key)
        ? node.properties[key]
        : undefined;
  return found === undefined ? [] : [found];
}

function* fieldPaths(node: FieldSchema, path: readonly string[]): Generator<readonly string[]> {
  for (const choice of alternatives(node)) {
    if (choice.items !== undefined) yield* fieldPaths(choice.items, [...path, '0']);
    for (const [key, field] of Object.entries(choice.properties ?? {})) {
      yield [...path, key];
      yield* fieldPaths(field, [...path, key]);
    }
  }
}

function describeField(node: FieldSchema): string {
  const words = node.enum ?? (node.const === undefined ? undefined : [node.const]);
  if (words !== undefined) return words.map((word) => JSON.stringify(word)).join(', ');
  const range = (low: unknown, high: unknown, unit = '') => ` ${unit}${low} to ${high}`;
  switch (node.type) {
    case 'integer':
      return `a whole number from${range(node.minimum, node.maximum)}`;
    case 'number':
      return `a number from${range(node.minimum, node.maximum)}`;
    case 'boolean':
      return 'true or false';
    case 'string':
      return node.maxLength === undefined
        ? 'a text'
        : `a text of${range(node.minLength ?? 0, node.maxLength)} characters`;
    case 'array':
      return node.prefixItems
        ? `a list of ${node.prefixItems.length} values`
        : `a list of${range(node.minItems ?? 0, node.maxItems)} values`;
    case 'object':
      return 'an object';
    default:
      return node.type ?? 'any value';
  }
}
