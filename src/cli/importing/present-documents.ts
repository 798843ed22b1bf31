import type { ResultDocument } from '../../measurement/result-document.ts';
import { serializeResults } from '../../measurement/serialize.ts';
import { renderTable } from '../../report/table/render.ts';
import type { CliContext } from '../command.ts';

const COLUMNS_OF_A_FILE = 100;

/** Result documents as `import` and `record` write them. */
export function presentDocuments(
  documents: readonly ResultDocument[],
  format: 'json' | 'table',
  { columns = COLUMNS_OF_A_FILE, color }: CliContext,
): string {
  return format === 'json' ? serializeResults(documents) : renderTable(documents, { columns, color });
}
