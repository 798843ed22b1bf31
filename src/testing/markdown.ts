/** A command of a console block, with the output that stands under it. */
export interface Example {
  readonly line: number;
  readonly command: string;
  /** Exit code that the document promises: 0 unless a comment `# exits N` stands behind the command. */
  readonly code: number;
  readonly output: string;
  /** The block is marked as exact: the output must be the same to the byte. */
  readonly isExact: boolean;
}

/** The commands of all ```console blocks; a line that ends in a backslash goes on in the next. */
export function examplesOf(markdown: string): Example[] {
  const examples: Example[] = [];
  let fence: string | undefined;
  let output: string[] = [];
  let pending: Pick<Example, 'line' | 'command' | 'isExact'> | undefined;
  const finish = () => {
    if (pending) {
      const code = Number(/# exits (\d+)\s*$/.exec(pending.command)?.[1] ?? 0);
      examples.push({ ...pending, code, output: output.map((text) => `${text}\n`).join('') });
    }
    pending = undefined;
    output = [];
  };
  markdown.split('\n').forEach((text, index) => {
    if (text.startsWith('```')) {
      finish();
      fence = fence === undefined ? text.slice(3).trim() : undefined;
    } else if (fence?.startsWith('console')) {
      if (pending?.command.endsWith('\\')) {
        pending = { ...pending, command: `${pending.command.slice(0, -1)}${text}` };
      } else if (text.startsWith('$ ')) {
        finish();
        pending = { line: index + 1, command: text.slice(2), isExact: fence.includes('exact') };
      } else {
        output.push(text);
      }
    }
  });
  finish();
  return examples;
}
