import type { UserPopulation } from './population';

const everyMs = 5_000;

/** Tells in one line what users feel, every five seconds. @returns what ends it. */
export function tellLive(users: UserPopulation, tell: (line: string) => void): () => void {
  const telling = setInterval(() => tell(users.liveLine()), everyMs);
  return () => clearInterval(telling);
}
