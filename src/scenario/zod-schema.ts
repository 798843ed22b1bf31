import { z } from 'zod';
import { scenarioFields } from './schema.ts';

/** The schema of a scenario, for those who use zod themselves. */
export const scenarioSchema = scenarioFields.inZod(z);
