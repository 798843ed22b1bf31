import { createRequire } from 'node:module';
import type { z as zod } from 'zod';
import { FieldCatalogue, type FieldSchema } from './field-catalogue.ts';
import { Doubt, type Field, type Zod } from './fields.ts';

/** What is declared, and the way to check it. */
export interface Checked<Schema extends zod.ZodType> {
  /** The JSON Schema of what may be given. */
  readonly json: FieldSchema;
  /** The fields, for messages, overrides and documentation. */
  catalogue(): FieldCatalogue;
  /** The value with its defaults; throws a `Doubt` where it is not plainly right. */
  read(value: unknown): zod.output<Schema>;
  /** As zod's own `safeParse`. */
  safeParse(value: unknown): zod.ZodSafeParseResult<zod.output<Schema>>;
  /** The schema that this zod makes of the declaration. */
  inZod(z: Zod): Schema;
}

/**
 * Reads what is right without zod, which is loaded only where something is to be said against a value: at once, since
 * those who check do not wait.
 */
export function checked<Schema extends zod.ZodType>(declared: Schema): Checked<Schema> {
  const field = declared as unknown as Field;
  const inZod = (z: Zod) => field.inZod(z) as Schema;
  const read = (value: unknown) => field.read(value) as zod.output<Schema>;
  let schema: Schema | undefined;
  let catalogue: FieldCatalogue | undefined;
  return {
    json: field.json,
    catalogue: () => {
      catalogue ??= new FieldCatalogue(field.json);
      return catalogue;
    },
    inZod,
    read,
    safeParse: (value) => {
      try {
        return { success: true, data: read(value) };
      } catch (error) {
        if (!(error instanceof Doubt)) throw error;
        schema ??= inZod(createRequire(import.meta.url)('zod').z);
        return schema.safeParse(value);
      }
    },
  };
}
