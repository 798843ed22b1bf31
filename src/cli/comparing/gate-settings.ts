import { existsSync } from 'node:fs';
import type { Rule } from '../../compare/gate/expression.ts';
import type { GateOptions } from '../../compare/gate/gate.ts';
import { parseMinEffect } from '../../compare/gate/min-effect.ts';
import { parseRule } from '../../compare/gate/parse.ts';
import { type GateSettings, RULES_FILE, readRulesFile } from '../../compare/gate/rules-file.ts';
import type { ComparingOptions } from './options.ts';

/**
 * Rules and levels from the command line and the gate file. The file of the working folder is read only where
 * `usesDefaultFile` says so and nothing on the command line demands anything.
 */
export function gateSettings(
  options: ComparingOptions,
  usesDefaultFile: boolean,
): { readonly rules: readonly Rule[]; readonly gate: GateOptions } {
  const ruled = options.gate.length > 0 || options.exact;
  const fallback = usesDefaultFile && !ruled && existsSync(RULES_FILE) ? RULES_FILE : undefined;
  const file = options.gateFile ?? fallback;
  const settings: GateSettings = file === undefined ? { rules: [] } : readRulesFile(file);
  return {
    rules: [...settings.rules, ...options.gate.map(parseRule)],
    gate: {
      vary: [...(settings.vary ?? []), ...options.vary],
      pool: options.pool,
      mergeThreads: options.mergeThreads,
      alpha: options.alpha ?? settings.alpha,
      confidence: options.confidence,
      minEffect: options.minEffect === undefined ? settings.minEffect : parseMinEffect(options.minEffect),
      exact: options.exact ?? settings.exact,
    },
  };
}
