/** What is wrong with a value read from a file, and where in it. */
export interface ShapeProblem {
  /** As seen from the value that was looked at: "measurements.0.bins.3.1"; "" for all of it. */
  readonly path: string;
  readonly message: string;
}

/**
 * Looks at a value and tells what is wrong with it. Small functions instead of the schema library of the scenarios:
 * that takes longer to load than all the rest of reading a result and comparing it.
 */
export type Shape = (value: unknown) => readonly ShapeProblem[];

const FINE: readonly ShapeProblem[] = [];

function where(holds: (value: unknown) => boolean, expected: string): Shape {
  return (value) => {
    if (holds(value)) return FINE;
    return [{ path: '', message: value === undefined ? 'is missing' : `must be ${expected}` }];
  };
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const boolean = where((value) => typeof value === 'boolean', 'true or false');
export const string = where((value) => typeof value === 'string', 'text');
export const name = where((value) => typeof value === 'string' && value !== '', 'text that is not empty');
export const jsonObject = where(isObject, 'an object');
/** At least 0. */
export const whole = where(
  (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  'a whole number',
);
export const integer = where((value) => Number.isSafeInteger(value), 'an integer');
export const counting = where(
  (value) => Number.isSafeInteger(value) && (value as number) >= 1,
  'a whole number above 0',
);
export const notNegative = where((value) => isNumber(value) && value >= 0, 'a number of at least 0');
export const positive = where((value) => isNumber(value) && value > 0, 'a number above 0');

export function oneOf(...values: readonly (string | number)[]): Shape {
  return where(
    (value) => values.includes(value as string),
    values.map((one) => JSON.stringify(one)).join(' or '),
  );
}

export function nullable(shape: Shape): Shape {
  return (value) => (value === null ? FINE : shape(value));
}

export function list(item: Shape): Shape {
  const isList = where(Array.isArray, 'a list');
  return (value) => (Array.isArray(value) ? inParts(value.entries(), () => item) : isList(value));
}

/** A list of fixed length, each place with its own shape. */
export function tuple(...items: readonly Shape[]): Shape {
  const sized = where(
    (value) => Array.isArray(value) && value.length === items.length,
    `a list of ${items.length}`,
  );
  return (value) => {
    const problems = sized(value);
    if (problems.length > 0) return problems;
    return inParts((value as unknown[]).entries(), (index) => items[index]);
  };
}

/** An object with these fields; others are not looked at. */
export function object(fields: Readonly<Record<string, Shape>>): Shape {
  const keys = Object.keys(fields);
  return (value) => {
    if (!isObject(value)) return jsonObject(value);
    return inParts(keys.map((key) => [key, value[key]] as const).values(), (key) => fields[key]);
  };
}

/** What must hold beyond the shape, asked only where that is right: the message or null; `path` is what it is about. */
export function also<T>(shape: Shape, path: string, complaint: (value: T) => string | null): Shape {
  return (value) => {
    const problems = shape(value);
    if (problems.length > 0) return problems;
    const message = complaint(value as T);
    return message === null ? FINE : [{ path, message }];
  };
}

function inParts<Key extends string | number>(
  parts: Iterable<readonly [Key, unknown]>,
  shapeOf: (key: Key) => Shape,
): readonly ShapeProblem[] {
  let problems = FINE;
  for (const [key, value] of parts) {
    const found = shapeOf(key)(value);
    if (found.length === 0) continue;
    problems = [
      ...problems,
      ...found.map(({ path, message }) => ({ path: path === '' ? `${key}` : `${key}.${path}`, message })),
    ];
    if (problems.length >= MOST_PROBLEMS) break;
  }
  return problems;
}

/** A list of a million bad bins needs no million messages. */
const MOST_PROBLEMS = 20;
