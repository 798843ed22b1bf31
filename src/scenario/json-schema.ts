import { z } from 'zod';
import { scenarioSchema } from './zod-schema.ts';

type JsonSchema = { [key: string]: unknown };

/**
 * The JSON Schema of a scenario file, for editors. A file may extend another one and then state only what
 * differs, so nothing is required here; what is missing in the end is found when the scenario is resolved.
 */
export function scenarioJsonSchema(): JsonSchema {
  const schema = relaxed(z.toJSONSchema(scenarioSchema, { io: 'input' })) as JsonSchema;
  const { $schema, properties, ...rest } = schema as { $schema: string; properties: JsonSchema };
  const { $schema: editorHint, ...fields } = properties;
  const reference = {
    description: 'Scenario that this one extends: path seen from this file, or the name of a shipped one',
    type: 'string',
    minLength: 1,
  };
  return {
    $schema,
    title: 'kvmtimer scenario',
    ...rest,
    properties: { $schema: editorHint, extends: reference, ...fields },
  };
}

/** The text of scenario.schema.json. */
export function scenarioJsonSchemaText(): string {
  return `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`;
}

/** Without `required`, several kinds of workload may fit a part of one: any of them will do. */
function relaxed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(relaxed);
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).filter(([key, value]) => !(key === 'required' && Array.isArray(value)));
  return Object.fromEntries(kept.map(([key, value]) => [key === 'oneOf' ? 'anyOf' : key, relaxed(value)]));
}
