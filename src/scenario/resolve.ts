import type { CostProfile } from '../machine/costs/profile.ts';
import { kernelFeatures } from '../machine/kvm/features.ts';
import { formatProblem, type Problem, UserError } from '../user-error.ts';
import { type Adjustment, KNOB_RULES } from './availability.ts';
import { contradictions } from './consistency.ts';
import type { JsonObject, JsonPath } from './json-source.ts';
import { pathText, valueAt } from './merge.ts';
import { fillPresets, type ResolvedScenario } from './presets.ts';
import { describeIssues, type Locate } from './problems.ts';
import { loadProfile, profileLibrary } from './profile.ts';
import { scenarioFields } from './schema.ts';

/** A warning: what was asked for cannot be had, what happens instead, and why. */
export interface Diagnostic extends Problem {
  readonly path: string;
  readonly requested: unknown;
  readonly resolved: unknown;
  readonly reason: string;
}

/** A scenario with every value decided as the real system would, and the costs of its CPU. */
export interface ResolvedMachine {
  readonly scenario: ResolvedScenario;
  readonly profile: CostProfile;
  readonly warnings: readonly Diagnostic[];
  /** Values that the machine decided otherwise than the scenario says, warned of or not. */
  readonly adjustments: readonly Adjustment[];
}

export interface ResolveOptions {
  /** Knobs that the machine does not have are errors. */
  readonly strict?: boolean;
  /** Finds the profile that host.cpu names; the shipped ones by default. */
  readonly profileOf?: (cpu: string) => CostProfile;
  /** Names the place of a field in messages. */
  readonly locate?: Locate;
}

const byPath: Locate = (path) => ({ path: pathText(path) });
const shippedProfileOf = profileLibrary(loadProfile);
/**
 * Checks a raw scenario (plain data, `extends` already merged), fills in every default and decides what the
 * machine really has. Pure apart from reading the profile, and cheap enough for each point of a sweep.
 * Throws a UserError ("scenario-invalid") with all problems; under `strict` ("scenario-unavailable") also
 * with the warnings.
 */
export function resolveScenario(raw: unknown, options: ResolveOptions = {}): ResolvedMachine {
  const { locate = byPath, profileOf = shippedProfileOf, strict = false } = options;
  const parsed = scenarioFields.safeParse(raw);
  if (!parsed.success) {
    throw new UserError(
      'scenario-invalid',
      describeIssues(parsed.error.issues, raw, scenarioFields.catalogue(), locate),
    );
  }
  const contradicting = contradictions(parsed.data).map(({ path, message, hint }) => {
    return { ...locate(path, 'value'), message, hint };
  });
  if (contradicting.length > 0) throw new UserError('scenario-invalid', contradicting);
  const profile = located(() => profileOf(parsed.data.host.cpu), locate);
  const features = () => kernelFeatures(scenario.host.kernel.version, scenario.host.kvm.patch_revision);
  const { $schema: _, ...scenario } = parsed.data;
  for (const vcpu of scenario.vcpus) vcpu.pcpu.nohz_full ??= scenario.host.kernel.nohz_full;
  const adjustments: Adjustment[] = [];
  const warnings: Diagnostic[] = [];
  for (const { path: text, check } of KNOB_RULES) {
    const finding = check({ scenario, profile, features: features() });
    if (finding === undefined) continue;
    const path = text.split('.');
    const adjustment = {
      path: text,
      requested: valueAt(scenario, path),
      resolved: finding.value,
      reason: finding.reason,
    };
    replace(scenario, path, finding.value);
    adjustments.push(adjustment);
    const isAskedFor = (valueAt(raw, path) ?? null) !== null && !finding.chosenByMachine;
    if (isAskedFor) warnings.push(diagnose(adjustment, locate));
  }
  if (strict && warnings.length > 0) throw new UserError('scenario-unavailable', warnings);
  return { scenario: fillPresets(scenario, profile, features()), profile, warnings, adjustments };
}

/** A warning without the place in a file: the same text wherever the scenario lies. */
export function warningText({ path, message }: Diagnostic): string {
  return formatProblem({ path, message });
}

function diagnose(adjustment: Adjustment, locate: Locate): Diagnostic {
  const { path, requested, resolved, reason } = adjustment;
  const [asked, had] = [requested, resolved].map((value) => JSON.stringify(value));
  const message = `${asked} is not possible: ${reason}; continuing with ${had}`;
  return { ...adjustment, ...locate(path.split('.'), 'value'), path, message };
}

function replace(scenario: object, path: JsonPath, value: unknown): void {
  const container = valueAt(scenario, path.slice(0, -1)) as JsonObject;
  container[String(path.at(-1))] = value;
}

/**
 * An unknown profile is told where host.cpu stands; what is wrong inside a profile file stays where it is.
 */
function located<Value>(action: () => Value, locate: Locate): Value {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof UserError) || error.code !== 'profile-unknown') throw error;
    const problems = error.problems.map((problem) => ({ ...problem, ...locate(['host', 'cpu'], 'value') }));
    throw new UserError(error.code, problems);
  }
}
