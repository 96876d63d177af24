import { ApplicationFailure } from '@temporalio/common';
import { sameJson } from '../domain/canonical-json';
import { paceOf, type Next } from '../domain/next';
import { tenthsOf } from '../domain/progress';
import type { EpochMs } from '../domain/time';
import type { Activities } from './types';

const lookAgainAfterMs = { fast: 1_000, slow: 5_000 } as const;

/**
 * Does what `assessPair` does, and returns only when something else is next, something was learnt, or the command that runs
 * beside the loop has come a tenth further.
 * Until then each attempt ends in a benign failure that Temporal retries, which adds nothing to the history.
 * Repeating it is harmless: it only reads.
 */
export function createWatch(assessPair: Activities['assessPair']): Activities['watch'] {
  return async ({ pair, state, next, shownTenths = 10 }) => {
    const assessed = await assessPair({ pair, state });
    if (assessed.remember || !sameJson(assessed.next, next)) return assessed;
    if (assessed.progress && tenthsOf(assessed.progress) > shownTenths) return assessed;
    throw ApplicationFailure.create({
      type: 'NotYet',
      message: `unchanged: ${assessed.verdict.because}`,
      nonRetryable: false,
      category: 'BENIGN',
      nextRetryDelay: lookAgainInMs(next, assessed.at),
    });
  };
}

/** A wait with an end is looked at right then: the run would have to be woken by its own timer, and look once more. */
function lookAgainInMs(next: Next, now: EpochMs): number {
  const usualMs = lookAgainAfterMs[paceOf(next)];
  const leftMs = next.kind === 'wait' && next.until !== undefined ? next.until - now : usualMs;
  return leftMs > 0 ? Math.min(leftMs, usualMs) : usualMs;
}
