import { createHash } from 'node:crypto';

/** First 8 hex of the SHA-256: enough to tell one plan from another, short enough to be typed on a call. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
