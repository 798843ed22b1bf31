import { cyclictestText } from './cyclictest-text/read.ts';
import type { Format } from './format.ts';

/** Every format that is read; of equally sure ones the first is chosen. */
export const FORMATS: readonly Format[] = [cyclictestText];
