import type { ResultDocument } from '../../measurement/result-document.ts';

/** Whether the run was a test of kvm-unit-tests, whose output has a form of its own. */
export function hasKvmUnitTestsForm(document: ResultDocument): boolean {
  const tool = toolOf(document);
  return tool === 'vmexit' || tool === 'tscdeadline_latency';
}

/**
 * What the test prints: `tscdeadline 5600`, cycles per iteration, for a row of vmexit; `latency: 2116`, cycles, for
 * each of the first 10000 samples of tscdeadline_latency. Both count guest TSC cycles.
 */
export function writeKvmUnitTests(document: ResultDocument): string {
  if (toolOf(document) === 'vmexit') {
    return document.measurements
      .map(({ name, cycles, samples }) => vmexitRow(name, cycles, samples))
      .join('');
  }
  const table = (document.facts?.latency_table_cycles ?? []) as readonly number[];
  const tscKhz = document.measurements[0].cycles?.tsc_khz;
  const comment = tscKhz === undefined ? '' : `# tsc_khz: ${guestTscKhz(document) ?? tscKhz}\n`;
  return comment + table.map((cycles) => `latency: ${cycles}\n`).join('');
}

function vmexitRow(
  name: string,
  cycles: ResultDocument['measurements'][number]['cycles'],
  samples: number | null,
): string {
  if (cycles === null || !samples) return '';
  return `${name} ${Math.floor(cycles.sum / samples)}\n`;
}

function toolOf({ scenario }: ResultDocument): unknown {
  return (scenario?.workload as { readonly tool?: unknown } | undefined)?.tool;
}

function guestTscKhz({ scenario }: ResultDocument): number | undefined {
  return (scenario?.guest as { readonly tsc_khz?: number } | undefined)?.tsc_khz;
}
