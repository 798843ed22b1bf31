import { createHash } from 'node:crypto';

/** First 128 bits of the SHA-256 of the parts, in hexadecimal. */
export function contentHash(...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:${part}`);
  return hash.digest('hex').slice(0, 32);
}
