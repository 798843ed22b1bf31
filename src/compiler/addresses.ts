/** Before the elements of each array stands its length. */
export const ARRAY_HEADER = 8;
const ALIGNMENT = 8;

/** Where the next thing goes in memory behind so many bytes at an address. */
export function endOf(address: number, bytes: number): number {
  return address + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
