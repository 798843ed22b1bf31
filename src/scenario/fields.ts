import type { z as zod } from 'zod';
import type { FieldSchema } from './field-catalogue.ts';

/**
 * Fields are declared in zod's words. Loading zod and building its types takes longer than everything else that a
 * short run does, and a value that is right needs no error messages: so the words that are in use are understood here
 * as well, well enough to read what is plainly right and to know the JSON Schema. Whatever else a value may be, zod
 * judges it (`checked.ts`); fields.property.test.ts holds both against each other.
 */
export type Zod = typeof zod;

/** Thrown by `read` where a value is not plainly right. */
export class Doubt extends Error {}
/** Only one, since nobody looks at its stack. */
const DOUBT = new Doubt('not plainly right');

type Read = (value: unknown) => unknown;
type JsonSchema = FieldSchema & { readonly [keyword: string]: unknown };

/** Keywords for the least and the largest that `min` and `max` allow. */
const BOUNDS: Readonly<Record<string, readonly [least: string, largest: string]>> = {
  number: ['minimum', 'maximum'],
  integer: ['minimum', 'maximum'],
  string: ['minLength', 'maxLength'],
  array: ['minItems', 'maxItems'],
};
const SAFE = Number.MAX_SAFE_INTEGER;

/** A declaration, word by word; like a zod type, it is never changed but followed by another one. */
export class Field {
  constructor(
    readonly json: JsonSchema,
    /** The value with its defaults filled in, made anew; throws `Doubt`. */
    readonly read: Read,
    /** The same declaration by zod itself. */
    readonly inZod: (z: Zod) => zod.ZodType,
    readonly isRequired = true,
  ) {}

  int(): Field {
    const json = { type: 'integer', minimum: -SAFE, maximum: SAFE };
    return this.#only('int', [], json, Number.isSafeInteger);
  }

  min(least: number): Field {
    const [keyword] = BOUNDS[this.json.type!];
    return this.#only('min', [least], { [keyword]: least }, (value) => sizeOf(value) >= least);
  }

  max(largest: number): Field {
    const [, keyword] = BOUNDS[this.json.type!];
    return this.#only('max', [largest], { [keyword]: largest }, (value) => sizeOf(value) <= largest);
  }

  regex(pattern: RegExp, message: string): Field {
    const json = { pattern: pattern.source };
    return this.#only('regex', [pattern, message], json, (text) => pattern.test(text));
  }

  refine(isRight: (value: never) => boolean, message: string): Field {
    return this.#only('refine', [isRight, message], {}, isRight);
  }

  nullable(): Field {
    const { type, ...rest } = this.json;
    const isBare = Object.keys(rest).length === 0;
    const json = isBare ? { type: [type, 'null'] } : { anyOf: [this.json, { type: 'null' }] };
    return this.#then('nullable', [], json as JsonSchema, (value) =>
      value === null ? null : this.read(value),
    );
  }

  optional(): Field {
    const read: Read = (value) => (value === undefined ? undefined : this.read(value));
    return this.#then('optional', [], this.json, read, false);
  }

  default(value: unknown): Field {
    return this.#orElse('default', value);
  }

  /** Like `default`, but defaults inside the value are filled in. Reading it does no harm to the other, either. */
  prefault(value: unknown): Field {
    return this.#orElse('prefault', value);
  }

  describe(description: string): Field {
    return this.#then('describe', [description], { ...this.json, description });
  }

  #orElse(word: string, fallback: unknown): Field {
    const read: Read = (value) => this.read(value === undefined ? fallback : value);
    return this.#then(word, [fallback], { ...this.json, default: fallback }, read, false);
  }

  #only(word: string, args: readonly unknown[], json: JsonSchema, isRight: (value: never) => boolean): Field {
    const read: Read = (value) => {
      const result = this.read(value);
      return isRight(result as never) ? result : doubt();
    };
    return this.#then(word, args, { ...this.json, ...json }, read);
  }

  #then(
    word: string,
    args: readonly unknown[],
    json: JsonSchema,
    read = this.read,
    isRequired = this.isRequired,
  ): Field {
    const inZod = (z: Zod) => {
      const before = this.inZod(z) as unknown as Record<string, (...args: unknown[]) => zod.ZodType>;
      return before[word](...args);
    };
    return new Field(json, read, inZod, isRequired);
  }
}

function doubt(): never {
  throw DOUBT;
}

function sizeOf(value: number | string | readonly unknown[]): number {
  return typeof value === 'number' ? value : value.length;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readObject(value: unknown, shape: Readonly<Record<string, Field>>): unknown {
  if (!isObject(value)) return doubt();
  const result: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(shape)) {
    const member = field.read(value[key]);
    if (member !== undefined || key in value) result[key] = member;
  }
  return Object.keys(value).every((key) => Object.hasOwn(shape, key)) ? result : doubt();
}

const plain = (type: string, isRight: (value: unknown) => boolean, inZod: (z: Zod) => zod.ZodType) =>
  new Field({ type }, (value) => (isRight(value) ? value : doubt()), inZod);
const hasType = (type: string) => (value: unknown) => typeof value === type;

const words = {
  boolean: () => plain('boolean', hasType('boolean'), (z) => z.boolean()),
  number: () => plain('number', Number.isFinite, (z) => z.number()),
  string: () => plain('string', hasType('string'), (z) => z.string()),
  literal: (value: string | number) =>
    new Field(
      { type: typeof value, const: value },
      (given) => (given === value ? given : doubt()),
      (z) => z.literal(value),
    ),
  enum: (values: readonly string[]) =>
    new Field(
      { type: 'string', enum: values },
      (given) => (values.includes(given as string) ? given : doubt()),
      (z) => z.enum(values),
    ),
  /** Of literals only. */
  union: (options: readonly Field[]) =>
    new Field(
      { anyOf: options.map(({ json }) => json) },
      (value) => (options.some(({ json }) => json.const === value) ? value : doubt()),
      (z) => z.union(options.map((option) => option.inZod(z))),
    ),
  array: (element: Field) =>
    new Field(
      { type: 'array', items: element.json },
      (value) => (Array.isArray(value) ? value.map((member) => element.read(member)) : doubt()),
      (z) => z.array(element.inZod(z)),
    ),
  tuple: (elements: readonly Field[]) => {
    const { length } = elements;
    const prefixItems = elements.map(({ json }) => json);
    return new Field(
      { type: 'array', prefixItems, items: false, minItems: length, maxItems: length } as never,
      (value) =>
        Array.isArray(value) && value.length === length
          ? elements.map((element, index) => element.read(value[index]))
          : doubt(),
      (z) => z.tuple(elements.map((element) => element.inZod(z)) as never),
    );
  },
  strictObject: (shape: Readonly<Record<string, Field>>) => {
    const entries = Object.entries(shape);
    const mapped = <To>(to: (field: Field) => To) =>
      Object.fromEntries(entries.map(([key, field]) => [key, to(field)]));
    const required = entries.flatMap(([key, { isRequired }]) => (isRequired ? [key] : []));
    const properties = mapped(({ json }) => json);
    return new Field(
      {
        type: 'object',
        properties,
        ...(required.length > 0 && { required }),
        additionalProperties: false,
      },
      (value) => readObject(value, shape),
      (z) => z.strictObject(mapped((field) => field.inZod(z))),
    );
  },
  discriminatedUnion: (key: string, options: readonly Field[]) =>
    new Field(
      { oneOf: options.map(({ json }) => json) },
      (value) => {
        const kind = isObject(value) ? value[key] : undefined;
        const option = options.find(({ json }) => json.properties?.[key].const === kind);
        return kind === undefined || option === undefined ? doubt() : option.read(value);
      },
      (z) => z.discriminatedUnion(key, options.map((option) => option.inZod(z)) as never),
    ),
};

/** The words by which fields are declared, with zod's types: what a declaration yields is inferred from it. */
export type Words = Pick<Zod, keyof typeof words>;
export const z = words as unknown as Words;
