import { GUEST_FEATURE_TABLE } from '../../machine/guest/features.ts';
import { type FeatureTable, resolveFeatures } from '../../machine/kvm/features/feature-row.ts';
import { patchRevisionFeatures } from '../../machine/kvm/features/patch-revisions.ts';
import { KERNEL_FEATURE_TABLE } from '../../machine/kvm/features.ts';
import { KERNEL_VERSIONS } from '../../machine/kvm/versions.ts';
import { aligned } from './aligned.ts';

const TABLES: readonly (readonly [side: string, table: FeatureTable])[] = [
  ['host', KERNEL_FEATURE_TABLE],
  ['guest', GUEST_FEATURE_TABLE],
];

/** The feature table: without versions, what changed when; with versions, one column each. */
export function presetsAsText(versions: readonly string[]): string {
  const rows = TABLES.flatMap(([side, table]) => {
    return Object.entries(table).map(([name, { label, steps }]) => {
      const history = steps
        .map(([since, value], index) => (index === 0 ? word(value) : `${since}: ${word(value)}`))
        .join('  ');
      const cells = versions.map((version) => word(resolveFeatures({ [name]: table[name] }, version)[name]));
      return [side, name, ...(versions.length === 0 ? [history] : cells), label];
    });
  });
  const releases = versions.length === 0 ? [`${KERNEL_VERSIONS[0]} (then since release: value)`] : versions;
  const head = ['side', 'feature', ...releases, 'meaning'];
  const table = aligned([head, ...rows]);
  return versions.length > 0
    ? table
    : `${table}\nReleases: ${KERNEL_VERSIONS.join(' ')}\n\n${revisionsAsText()}`;
}

/** The same for programs: each release with all its values, and what the patch revisions change. */
export function presetsAsDocument(versions: readonly string[]): object {
  const wanted = versions.length === 0 ? KERNEL_VERSIONS : versions;
  const columns = wanted.map((version) => {
    return [
      version,
      Object.fromEntries(TABLES.map(([side, table]) => [side, resolveFeatures(table, version)])),
    ];
  });
  return { presets: Object.fromEntries(columns), patch_revisions: patchRevisionFeatures };
}

/** What the postings of the 2016 series did differently from the release that they became. */
function revisionsAsText(): string {
  const rows = Object.entries(patchRevisionFeatures).flatMap(([revision, changes]) => {
    return Object.entries(changes).map(([name, value]) => [revision, name, word(value)]);
  });
  return aligned([['patch', 'feature', 'value'], ...rows]);
}

function word(value: unknown): string {
  if (value === true) return 'yes';
  if (value === false || value === null) return '-';
  return Array.isArray(value) ? value.join('+') || '-' : String(value);
}
