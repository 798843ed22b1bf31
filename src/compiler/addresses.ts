/** Before the elements of each array stands its length. */
export const ARRAY_HEADER = 8;
const ALIGNMENT = 8;

/** Four integers side by side. */
export const VECTOR_BYTES = 16;

/** Where the next thing goes in memory behind so many bytes at an address. */
export function endOf(address: number, bytes: number): number {
  return address + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
