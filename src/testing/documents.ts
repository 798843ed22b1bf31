import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface Block {
  /** What stands behind the opening fence: "console", "yaml file=.gitlab-ci.yml". */
  readonly info: string;
  readonly text: string;
}

/** The fenced blocks of a Markdown file of this project, in order. */
export function blocksOf(file: string): Block[] {
  const markdown = readFileSync(`${ROOT}${file}`, 'utf8');
  return [...markdown.matchAll(/^```(\S.*)\n([\s\S]*?)^```$/gm)].map(([, info, text]) => ({
    info: info!,
    text: text!,
  }));
}

export interface ConsoleExample {
  readonly command: string;
  readonly output: string;
}

/** Commands of the `console` blocks, each with what is shown below it. */
export function consoleExamples(file: string): ConsoleExample[] {
  const blocks = blocksOf(file).filter(({ info }) => info === 'console');
  return blocks.flatMap(({ text }) =>
    [...text.matchAll(/^\$ (.*)\n((?:(?!\$ ).*\n)*)/gm)].map(([, command, output]) => ({
      command: command!,
      output: output!,
    })),
  );
}
