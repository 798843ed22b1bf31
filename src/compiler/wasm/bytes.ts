/** A growing run of bytes with the integers of the format (LEB128). */
export class Bytes {
  private data = new Uint8Array(64);

  get size(): number {
    return this.length;
  }
  private length = 0;

  raw(values: readonly number[]): this {
    this.reserve(values.length);
    for (let index = 0; index < values.length; index++) this.data[this.length++] = values[index];
    return this;
  }

  unsigned(value: number): this {
    let rest = value >>> 0;
    this.reserve(5);
    while (rest > 0x7f) {
      this.data[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.data[this.length++] = rest;
    return this;
  }

  signed(value: number): this {
    let rest = value;
    this.reserve(5);
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && low < 0x40) || (rest === -1 && low >= 0x40)) {
        this.data[this.length++] = low;
        return this;
      }
      this.data[this.length++] = low | 0x80;
    }
  }

  double(value: number): this {
    this.reserve(8);
    new DataView(this.data.buffer).setFloat64(this.length, value, true);
    this.length += 8;
    return this;
  }

  name(text: string): this {
    const encoded = new TextEncoder().encode(text);
    return this.unsigned(encoded.length).raw([...encoded]);
  }

  /** Another run with its length before it. */
  sized(other: Bytes): this {
    this.unsigned(other.length).reserve(other.length);
    this.data.set(other.data.subarray(0, other.length), this.length);
    this.length += other.length;
    return this;
  }

  custom(name: string, entries: readonly Bytes[]): void {
    const content = new Bytes().name(name).unsigned(entries.length);
    for (const entry of entries) content.append(entry);
    this.raw([0]).sized(content);
  }

  section(id: number, entries: readonly Bytes[]): void {
    const content = new Bytes().unsigned(entries.length);
    for (const entry of entries) content.append(entry);
    this.raw([id]).sized(content);
  }

  toArray(): Uint8Array<ArrayBuffer> {
    return this.data.slice(0, this.length);
  }

  private append(other: Bytes): void {
    this.reserve(other.length);
    this.data.set(other.data.subarray(0, other.length), this.length);
    this.length += other.length;
  }

  private reserve(more: number): void {
    if (this.length + more <= this.data.length) return;
    const larger = new Uint8Array(Math.max(this.data.length * 2, this.length + more));
    larger.set(this.data);
    this.data = larger;
  }
}
