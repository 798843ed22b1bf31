import { FieldCatalogue } from './field-catalogue.ts';
import { scenarioFields } from './schema.ts';

let catalogue: FieldCatalogue | undefined;

/** The fields of a scenario, for messages, overrides and documentation. */
export function scenarioCatalogue(): FieldCatalogue {
  catalogue ??= new FieldCatalogue(scenarioFields.json);
  return catalogue;
}
