/** A field that compiled code takes for constant. */
export interface Constant {
  readonly object: object;
  readonly key: string;
  readonly value: unknown;
}

/** Each of them once, with the value that it has at first sight. */
export class Constants {
  private readonly known = new Map<object, Map<string, Constant>>();

  of(object: object, key: string): Constant {
    let fields = this.known.get(object);
    if (fields === undefined) {
      fields = new Map();
      this.known.set(object, fields);
    }
    let constant = fields.get(key);
    if (constant === undefined) {
      constant = { object, key, value: (object as Record<string, unknown>)[key] };
      fields.set(key, constant);
    }
    return constant;
  }

  /** It turned out to change; undefined for one that was not known. */
  forget(object: object, key: string): Constant | undefined {
    const constant = this.known.get(object)?.get(key);
    this.known.get(object)?.delete(key);
    return constant;
  }
}
