import type { UserPopulation } from './population';

const everyMs = 5_000;

/** Tells in one line what users feel, every five seconds, until nobody is at work any more. */
export function tellLive(users: Pick<UserPopulation, 'liveLine' | 'ended'>, tell: (line: string) => void): void {
  const telling = setInterval(() => tell(users.liveLine()), everyMs);
  void users.ended.then(() => clearInterval(telling));
}
