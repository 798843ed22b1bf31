/** How a report marks what it says; the identity functions without colour. */
export interface Palette {
  readonly heading: (text: string) => string;
  readonly better: (text: string) => string;
  readonly worse: (text: string) => string;
  readonly faint: (text: string) => string;
}

const same = (text: string) => text;
export const PLAIN: Palette = { heading: same, better: same, worse: same, faint: same };
