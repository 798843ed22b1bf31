import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Files that a pattern with `*` (any characters), `?` (one character) and `[a-c]` (one of these) names, sorted.
 * Wildcards do not cross folders and do not match a leading dot. This is for patterns that the shell did not expand,
 * as in `label=runs/*.json`.
 */
export function expandGlob(pattern: string): string[] {
  const absolute = pattern.startsWith('/');
  const segments = pattern.split('/').filter((segment) => segment !== '');
  let found = [absolute ? '/' : ''];
  for (const segment of segments) {
    found = found.flatMap((folder) => (isGlob(segment) ? matches(folder, segment) : [join(folder, segment)]));
  }
  return found.sort();
}

export function isGlob(text: string): boolean {
  return /[*?]|\[[^\]]+\]/.test(text);
}

function matches(folder: string, segment: string): string[] {
  const pattern = new RegExp(`^${segment.replace(/\[!?[^\]]+\]|[\s\S]/gu, patternOf)}$`, 'su');
  try {
    const names = readdirSync(folder === '' ? '.' : folder);
    return names
      .filter((name) => pattern.test(name) && !name.startsWith('.'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** A piece of the pattern as a regular expression. */
function patternOf(piece: string): string {
  if (piece === '*') return '.*';
  if (piece === '?') return '.';
  if (piece.length > 1 && piece.startsWith('[')) {
    const negated = piece[1] === '!';
    const members = piece.slice(negated ? 2 : 1, -1).replace(/[\\^[\]]/g, '\\$&');
    return `[${negated ? '^' : ''}${members}]`;
  }
  return piece.replace(/[.+^${}()|[\]\\/]/g, '\\$&');
}
