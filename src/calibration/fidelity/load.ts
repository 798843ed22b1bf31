import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { FieldCatalogue, type FieldSchema } from '../../scenario/field-catalogue.ts';
import { parseJson } from '../../scenario/json-source.ts';
import { pathText } from '../../scenario/merge.ts';
import { describeIssues } from '../../scenario/problems.ts';
import { readTextFile } from '../../scenario/read-text.ts';
import { didYouMean } from '../../scenario/suggest.ts';
import { UserError } from '../../user-error.ts';
import { type Experiment, experimentSchema } from './schema.ts';

/** The folder of published results and experiments of this package, above both src/ and dist/. */
export const PUBLISHED_FOLDER = fileURLToPath(new URL('../../../results/published/', import.meta.url));

const SUFFIX = '.experiment.json';

/** An experiment and the folder that the results it names are seen from. */
export interface LoadedExperiment {
  readonly experiment: Experiment;
  readonly folder: string;
}

let catalogue: FieldCatalogue | undefined;

/** Reads an experiment; throws a UserError ("experiment-invalid") with everything that is wrong and where. */
export function readExperiment(file: string): LoadedExperiment {
  const source = parseJson(readTextFile(file), file);
  const parsed = experimentSchema.safeParse(source.value);
  if (parsed.success) return { experiment: parsed.data, folder: dirname(file) };
  catalogue ??= new FieldCatalogue(z.toJSONSchema(experimentSchema, { io: 'input' }) as FieldSchema);
  const problems = describeIssues(parsed.error.issues, source.value, catalogue, (path, part) => ({
    file,
    ...source.locate(path, part),
    path: pathText(path),
  }));
  throw new UserError('experiment-invalid', problems);
}

/** The experiments that ship, by file name. */
export function shippedExperiments(): LoadedExperiment[] {
  return readdirSync(PUBLISHED_FOLDER)
    .filter((name) => name.endsWith(SUFFIX))
    .sort()
    .map((name) => readExperiment(join(PUBLISHED_FOLDER, name)));
}

/** Experiments by the ids of shipped ones or by the paths of files; all shipped ones when none is named. */
export function chooseExperiments(names: readonly string[]): LoadedExperiment[] {
  const shipped = shippedExperiments();
  if (names.length === 0) return shipped;
  return names.map((name) => {
    if (name.endsWith('.json') || name.includes('/')) return readExperiment(name);
    const found = shipped.find(({ experiment }) => experiment.id === name);
    if (found !== undefined) return found;
    const ids = shipped.map(({ experiment }) => experiment.id);
    const hint = didYouMean(name, ids) ?? `there are: ${ids.join(', ')}; or the path of a file`;
    throw new UserError('experiment-unknown', { message: `there is no experiment "${name}"`, hint });
  });
}
