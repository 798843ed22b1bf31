import { z } from 'zod';
import { sweepSchema } from './schema.ts';

/** The JSON Schema of sweep files as text: what scenarios/sweep.schema.json holds. */
export function sweepJsonSchemaText(): string {
  const schema = z.toJSONSchema(sweepSchema, { io: 'input' });
  return `${JSON.stringify({ ...schema, title: 'kvmtimer sweep' }, null, 2)}\n`;
}
