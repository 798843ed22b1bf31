import {
  cyclictestHeader,
  recordedHistogramUs,
  writeCyclictestHistogram,
} from '../../formats/cyclictest-text/write.ts';
import { hasKvmUnitTestsForm, writeKvmUnitTests } from '../../formats/kvm-unit-tests/write.ts';
import type { ResultDocument } from '../../measurement/result-document.ts';
import { visible } from '../../user-error.ts';
import type { CliContext } from '../command.ts';
import type { RunOptions } from '../commands/run.ts';

const COLUMNS_OF_A_FILE = 100;

/** What `run` prints, in the format that was asked for. */
export async function presentResults(
  documents: readonly ResultDocument[],
  options: RunOptions,
  { columns = COLUMNS_OF_A_FILE, color }: CliContext,
): Promise<string> {
  if (options.format === 'json') {
    const { serializeResults } = await import('../../measurement/serialize.ts');
    return serializeResults(documents);
  }
  if (options.format === 'table') {
    const { renderTable } = await import('../../report/table/render.ts');
    return renderTable(documents, { columns, color });
  }
  if (options.histfile === undefined) return blocks(documents, options, cyclictestHeader);
  return documents.map(cyclictestHeader).join('');
}

/** The histograms alone, as cyclictest writes them to a `--histfile`. */
export function histogramText(documents: readonly ResultDocument[], options: RunOptions): string {
  return blocks(documents, options, () => '');
}

/** One block after the other, each under a comment with the scenario's name if there are several. */
function blocks(
  documents: readonly ResultDocument[],
  { format, histofall }: RunOptions,
  header: (document: ResultDocument) => string,
): string {
  const release = format === 'rt-tests-2.7' ? '2.7' : '2.4';
  const texts = documents.map((document) => {
    if (hasKvmUnitTestsForm(document)) return writeKvmUnitTests(document);
    const title = documents.length > 1 ? `# scenario: ${visible(document.name)}\n` : '';
    const histogramUs = recordedHistogramUs(document);
    return (
      title + header(document) + writeCyclictestHistogram(document, { histogramUs, sum: histofall, release })
    );
  });
  return texts.join('');
}
