import { canonicalJson } from './canonical-json';

/** First 8 hex of the SHA-256 of a text. Handed in, because the domain knows no library that could compute it. */
export type Digest = (text: string) => string;

/** What a decision is about: whoever approves names it, and it is another one as soon as any part of it is. */
export function planId(plan: Readonly<Record<string, unknown>>, digest: Digest): string {
  return digest(canonicalJson(plan));
}
