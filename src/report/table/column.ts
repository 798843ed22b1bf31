import type { ResultDocument, ThreadResult } from '../../measurement/result-document.ts';

/** One column of the table: one thread of one result. */
export interface Column {
  readonly title: string;
  readonly document: ResultDocument;
  readonly thread: ThreadResult;
}

/** A column for each thread; the thread is named only where a result has several. */
export function columnsOf(documents: readonly ResultDocument[]): Column[] {
  return documents.flatMap((document) =>
    document.measurements.map((thread) => {
      const part = document.measurements.length > 1 ? `, thread ${thread.name}` : '';
      return { title: `${document.name}${part}${document.partial ? ' (partial)' : ''}`, document, thread };
    }),
  );
}
