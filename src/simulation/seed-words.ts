const BYTES = 256;

/**
 * The first `count` 32-bit words that the package seedrandom draws for a text: ARC4 keyed with it, whose first 256
 * bytes are dropped. Written out, because loading the package takes longer than a short run needs for all its streams.
 */
export function seedWords(text: string, count: number): Int32Array {
  const key = keyOf(text);
  const state = new Uint8Array(BYTES);
  for (let i = 0; i < BYTES; i += 1) state[i] = i;
  for (let i = 0, j = 0; i < BYTES; i += 1) {
    const value = state[i];
    j = (j + key[i % key.length] + value) & 0xff;
    state[i] = state[j];
    state[j] = value;
  }
  const words = new Int32Array(count);
  let word = 0;
  for (let draw = 1, j = 0; draw <= BYTES + 4 * count; draw += 1) {
    const i = draw & 0xff;
    const value = state[i];
    j = (j + value) & 0xff;
    const other = state[j];
    state[i] = other;
    state[j] = value;
    word = (word << 8) | state[(value + other) & 0xff];
    if (draw > BYTES && draw % 4 === 0) words[(draw - BYTES) / 4 - 1] = word;
  }
  return words;
}

/** seedrandom's key: one byte for each character; those beyond 256 are mixed into the first ones. */
function keyOf(text: string): number[] {
  const key: number[] = [];
  let smear = 0;
  for (let index = 0; index < text.length; index += 1) {
    smear ^= (key[index % BYTES] ?? 0) * 19;
    key[index % BYTES] = (smear + text.charCodeAt(index)) & 0xff;
  }
  return key.length === 0 ? [0] : key;
}
