import { type BasicType, parquetWriteBuffer } from 'hyparquet-writer';
import type { Json } from '../../measurement/result-document.ts';
import { valueText } from '../describe.ts';
import { quantileName } from '../metric.ts';
import type { PointFigures } from '../record.ts';
import { rowsOf, type SweepTable } from './rows.ts';

interface ParquetColumn {
  readonly name: string;
  readonly type: BasicType;
  readonly data: unknown[];
  readonly nullable?: boolean;
}

/** Apache Parquet: a column for each parameter and figure, by the same names as in CSV. Times in ns. */
export function parquet(table: SweepTable): Uint8Array {
  const { plan } = table;
  const rows = [...rowsOf(table)];
  const figures = rows.map(({ record }) => ('error' in record ? undefined : record));
  const time = (name: string, of: (figures: PointFigures) => number | null): ParquetColumn => {
    return { name, type: 'DOUBLE', data: figures.map((each) => (each ? of(each) : null)), nullable: true };
  };
  const texts = (name: string, data: (string | null)[]): ParquetColumn => ({
    name,
    type: 'STRING',
    data,
    nullable: true,
  });
  const columnData: ParquetColumn[] = [
    { name: 'point', type: 'INT32', data: rows.map(({ point }) => point), nullable: false },
    ...plan.parameters.map((path, index) =>
      valueColumn(
        path,
        rows.map(({ values }) => values[index]),
      ),
    ),
    { name: 'repeat', type: 'INT32', data: rows.map(({ repeat }) => repeat), nullable: false },
    time('samples', ({ samples }) => samples),
    time('min_ns', ({ min_ns }) => min_ns),
    time('mean_ns', ({ mean_ns }) => mean_ns),
    ...plan.definition.sweep.quantiles.map((percent, index) =>
      time(`${quantileName(percent)}_ns`, ({ quantiles_ns }) => quantiles_ns[index]),
    ),
    time('max_ns', ({ max_ns }) => max_ns),
    texts(
      'warnings',
      figures.map((each) => each?.warnings?.join('; ') ?? null),
    ),
    texts(
      'error',
      rows.map(({ record }) => ('error' in record ? record.error : null)),
    ),
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData: columnData as never, createdBy: 'kvmtimer' }));
}

/** Numbers and truth values keep their type if all are of it; everything else is text as in CSV. */
function valueColumn(name: string, values: readonly (Json | undefined)[]): ParquetColumn {
  const present = values.filter((value) => value !== undefined && value !== null);
  const all = (type: string) => present.length > 0 && present.every((value) => typeof value === type);
  const plain = values.map((value) => value ?? null);
  if (all('number')) return { name, type: 'DOUBLE', data: plain, nullable: true };
  if (all('boolean')) return { name, type: 'BOOLEAN', data: plain, nullable: true };
  const texts = values.map((value) => (value === undefined ? null : valueText(value)));
  return { name, type: 'STRING', data: texts, nullable: true };
}
