export interface Annotation {
  readonly level: 'notice' | 'warning' | 'error';
  readonly title: string;
  readonly message: string;
  readonly file?: string;
}

/** Workflow commands that GitHub Actions turns into annotations, one per line. */
export function writeAnnotations(annotations: readonly Annotation[]): string {
  return annotations.map((one) => `${command(one)}\n`).join('');
}

/** `::level file=...,title=...::message` with the escapes of the Actions toolkit (packages/core, command.ts). */
function command({ level, title, message, file }: Annotation): string {
  const properties = [...(file === undefined ? [] : [`file=${property(file)}`]), `title=${property(title)}`];
  return `::${level} ${properties.join(',')}::${data(message)}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
