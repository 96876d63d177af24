import { OperatingFailure } from '../domain/failure-types';
import type { Clock } from './dependencies';
import { timeUp } from '../runtime/time-up';

/** What is left of an attempt's time when nothing may be sent any more. */
const marginMs = 1_000;

/** The time of one attempt that changes something. */
export interface Deadline {
  /** Ends when the time is up, or with what else may end the attempt. */
  signal: AbortSignal;
  /** Fails with `DeadlinePassed` when it is too late to send; a process that was frozen and thawed finds that out here. */
  assertInTime: () => void;
}

/**
 * Opens an attempt's time; it is measured from here. Of the two clocks the one counts that says more: the monotonic one never
 * jumps back, but on some machines it stands still while the machine sleeps.
 */
export function openDeadline(clock: Clock, attemptMs: number, endedBy: readonly AbortSignal[] = []): Deadline {
  const opened = { atMs: clock.monotonicMs(), at: clock.now() };
  const passedMs = (): number => Math.max(clock.monotonicMs() - opened.atMs, clock.now() - opened.at);
  const budgetMs = attemptMs - marginMs;
  const signal = AbortSignal.any([...endedBy, timeUp(budgetMs)]);
  return {
    signal,
    assertInTime() {
      if (passedMs() < budgetMs && !signal.aborted) return;
      throw new OperatingFailure('DeadlinePassed', 'The attempt was too old to send anything; nothing was sent.', {
        retryable: true,
      });
    },
  };
}
