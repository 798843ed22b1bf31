import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Files that a pattern with `*` (any characters) and `?` (one character) names, sorted; wildcards do not cross
 * folders and do not match a leading dot. For patterns that the shell did not expand, as in `label=runs/*.json`.
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
  return /[*?]/.test(text);
}

function matches(folder: string, segment: string): string[] {
  const source = segment
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const pattern = new RegExp(`^${source}$`, 'su');
  try {
    const names = readdirSync(folder === '' ? '.' : folder);
    return names
      .filter((name) => pattern.test(name) && !name.startsWith('.'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}
