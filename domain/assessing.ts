/** What an assessment works on, and what it comes to. */
import type { Situation } from './conditions/condition';
import { mayHaveDetached } from './conditions/lost-site';
import { askKeepSite, unanswerable } from './gates';
import type { Next } from './next';
import type { Observation } from './observation';
import { askAfterMs, refused } from './observing';
import type { Digest } from './plan';
import type { SitePair } from './site-pair';
import type { Known, Roles, RunState } from './state';
import { recently, type EpochMs } from './time';
import { whatIsTrue } from './what-is-true';

export interface Assessing {
  pair: SitePair;
  state: RunState;
  observation: Observation;
  now: EpochMs;
  digest: Digest;
}

export interface Decided {
  known: Known;
  next: Next;
}

export function situationOf(
  { pair, state, observation, now, digest }: Assessing,
  known: Known,
  roles: Roles,
): Situation {
  return { pair, state: { ...state, known }, known, roles, observation, now, digest };
}

/**
 * A removal that is refused for longer than a bound becomes a question: the run goes on looking, and a person is asked.
 * @param ways By which command lines a person can go on, where no answer is taken.
 */
export function refusedFor(situation: Situation, next: Next, ways: readonly string[] = []): Decided {
  const { known, pair, observation, now } = situation;
  if (next.kind !== 'refuse') return { known: { ...known, refusal: undefined }, next };
  const told = refused(known, next.refusal, now);
  if (recently(told.refusal?.since, askAfterMs, now)) return { known: told, next };
  const question = [next.refusal.message, 'What is to be done?', ...ways, whatIsTrue(pair, observation)].join(' ');
  const asked = askKeepSite({ ...situation, known: told }, question);
  // Once anything was detached the sites are no longer equal, and of what was planned the roles stand: neither can be chosen here.
  const isByHand = mayHaveDetached(situation) || known.planned !== undefined;
  return { known: told, next: isByHand ? unanswerable(asked) : asked };
}
