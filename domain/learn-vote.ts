import type { Lesson } from './learn';
import { lacksMajority } from './roles';
import type { Known } from './state';
import { recently, seconds } from './time';
import { verdictOf } from './verdict';

/**
 * Counts how often a split was looked at anew for want of a majority. It is kept over a look that read too little, and forgotten with
 * the split, with a majority, and once roles are latched.
 */
export function learnVote({ pair, state, observation, now }: Lesson, known: Known): Known {
  const { vote } = known;
  const { kind } = verdictOf(pair, observation);
  if (vote && kind === 'inconclusive' && !known.roles) return known;
  const isSplit = kind === 'partition' || kind === 'siteDown' || kind === 'diverging';
  if (known.roles || !isSplit || !lacksMajority(pair, state, observation)) {
    return vote ? { ...known, vote: undefined } : known;
  }
  if (!vote) return { ...known, vote: { retries: 0, at: now } };
  const { retries, waitSeconds } = pair.policy.quorum;
  if (vote.retries >= retries || recently(vote.at, seconds(waitSeconds), now)) return known;
  return { ...known, vote: { retries: vote.retries + 1, at: now } };
}
