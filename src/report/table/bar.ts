const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/** A bar of at most `width` characters for a value from 0 to 1; whatever is not 0 is seen. */
export function bar(value: number, width: number): string {
  if (!(value > 0)) return '';
  const eighths = Math.max(1, Math.round(Math.min(1, value) * width * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}
