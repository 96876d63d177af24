/**
 * What could draw outside its place on a page or a terminal: control characters (escape sequences begin with one), line
 * breaks, and characters that turn the direction of writing.
 */
// eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g;

/** Safe to print: one line, no control characters, no more than `length`. */
export function oneLine(text: string, length = 200): string {
  return text.replace(unprintable, ' ').slice(0, length);
}

/** The same value with every text in it, at any depth and also as a key, made safe to print. Nothing is cut off. */
export function printable<T>(value: T): T {
  if (typeof value === 'string') return oneLine(value, value.length) as T;
  if (Array.isArray(value)) return value.map(printable) as T;
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [printable(key), printable(item)])) as T;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
