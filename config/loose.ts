/* Reading data of which nothing is known yet. */

export type Loose = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is none counts as an empty one. */
export const record = (value: unknown): Loose => (isRecord(value) ? value : {});

export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export const isText = (value: unknown): value is string => typeof value === 'string';

/** A URL whose contents anybody on the way can read. */
export const isPlainHttp = (url: unknown): boolean => typeof url === 'string' && /^http:/i.test(url);
