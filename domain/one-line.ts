/**
 * What could draw outside its place on a page or a terminal: control characters (escape sequences begin with one), line
 * and paragraph breaks, and characters that show nothing but turn or join what is around them.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

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
