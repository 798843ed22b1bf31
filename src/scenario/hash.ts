import type { CostProfile } from '../machine/costs/profile.ts';
import type { Scenario } from './schema.ts';

/** Fields that say what a scenario is called and why, not what happens in it. */
const TEXT_FIELDS: ReadonlySet<string> = new Set(['$schema', 'name', 'description', 'source']);

/**
 * SHA-256, in hexadecimal, of all that decides the result: the scenario without its texts, and the
 * profile's values.
 */
export function scenarioHash(scenario: Scenario, profile: CostProfile): string {
  const deciding = Object.fromEntries(Object.entries(scenario).filter(([key]) => !TEXT_FIELDS.has(key)));
  return sha256(canonicalJson({ scenario: deciding, profile: profileHash(profile) }));
}

const profileHashes = new WeakMap<CostProfile, string>();

/** The values of a profile without their sources: better evidence for a number does not change a result. */
function profileHash(profile: CostProfile): string {
  const known = profileHashes.get(profile);
  if (known !== undefined) return known;
  const { model: _, ...cpu } = profile.cpu;
  const hash = sha256(
    canonicalJson(
      values({ cpu, cstates: profile.cstates, costs: profile.costs, stages: profile.stages ?? {} }),
    ),
  );
  profileHashes.set(profile, hash);
  return hash;
}

function values(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(values);
  if (typeof node !== 'object' || node === null) return node;
  if ('value' in node && 'source' in node) return node.value;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, values(value)]));
}

/** JSON with sorted keys and no spaces: equal values, equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

/** Importing node:crypto takes as long as reading a scenario: it is loaded when there is something to hash. */
function sha256(text: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(text).digest('hex');
}
