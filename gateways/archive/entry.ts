import { createHash } from 'node:crypto';
import { z } from 'zod';

const entry = z.object({
  pair: z.string(),
  sequence: z.int().positive(),
  incident: z.string(),
  /** Hash of the entry before. */
  previous: z.string(),
  hash: z.string(),
  /** Kept as a text, so that its hash can be reckoned without knowing how JSON was written. */
  content: z.string(),
});

/** One report in its pair's chain. */
export type Entry = z.infer<typeof entry>;

/** What the first entry of a chain has before it. */
export const beforeTheFirst = '0'.repeat(64);

export function sealed(unsealed: Omit<Entry, 'hash'>): Entry {
  return { ...unsealed, hash: hashOf(unsealed) };
}

/** SHA-256, in hex, over previous hash, pair, sequence, incident and content, with a line feed between them. */
export function hashOf({ previous, pair, sequence, incident, content }: Omit<Entry, 'hash'>): string {
  return createHash('sha256').update([previous, pair, sequence, incident, content].join('\n')).digest('hex');
}

export function written(entry: Entry): string {
  return `${JSON.stringify(entry, null, 2)}\n`;
}

/** The entry as it was written, whether or not its hash is right; `undefined` for what is none. */
export function readEntry(text: string): Entry | undefined {
  try {
    return entry.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Its place in the chain as a name: `000042.json`. Two writers of one place write one name, so only one of them can. */
export const nameOf = (sequence: number): string => `${String(sequence).padStart(6, '0')}.json`;

/** The place that a name stands for; `undefined` for what is no entry. */
export function sequenceOf(name: string): number | undefined {
  const digits = /^(\d{6,15})\.json$/.exec(name)?.[1];
  const sequence = Number(digits);
  return sequence > 0 && nameOf(sequence) === name ? sequence : undefined;
}
