import { OperatingFailure } from '../domain/failure-types';
import type { LockLease, Sending } from '../gateways/ports';
import type { Attempt } from './attempt';
import type { ConfiguredPair } from './dependencies';
import { timeUp } from '../runtime/time-up';

/** How often the lease is renewed while a command goes on: as often in a lease's time. */
const renewalsInALease = 4;

/** So long a command that goes on without the store waits for it: most of its attempt's time is for what it is there for. */
const askedWithinMs = 1_000;

export interface LockedCommand {
  commandId: string;
  /** Told why, where the store cannot be asked and the command goes on all the same; without it, the command waits for the store. */
  goesOnUnlocked?: (why: string) => void;
}

/**
 * Runs what a command does under the pair's outer lock, where one is configured. The owner is the incident, so that the commands of one
 * run follow each other under one token, whichever worker carries them out, and others are kept out between two of them as well: the
 * lock stays taken until its lease has run out after the last one.
 * The store is asked before each effect: once the lock is lost, what is next is not sent.
 * Fails with `LockHeld`, `LockLost` or `LockUnavailable`; then nothing was sent since.
 */
export async function underOuterLock<T>(
  { outerLock }: Pick<ConfiguredPair, 'outerLock'>,
  { commandId, goesOnUnlocked }: LockedCommand,
  attempt: Attempt,
  run: (attempt: Attempt) => Promise<T>,
): Promise<T> {
  if (!outerLock) return run(attempt);
  const { locks, name, leaseSeconds } = outerLock;
  const asking = (): AbortSignal =>
    goesOnUnlocked ? AbortSignal.any([attempt.signal, timeUp(askedWithinMs)]) : attempt.signal;
  /** @returns `undefined` where the store cannot be asked, and that is no reason to wait. */
  const asked = async <Answer>(answer: Promise<Answer>): Promise<Answer | undefined> => {
    try {
      return await answer;
    } catch (error) {
      const isSilent = error instanceof OperatingFailure && error.type === 'LockUnavailable';
      if (!goesOnUnlocked || !isSilent) throw error;
      goesOnUnlocked(error.message);
      return undefined;
    }
  };
  const answer = await asked(locks.tryAcquire({ name, owner: incidentOf(commandId), leaseSeconds }, asking()));
  if (!answer) return run(attempt);
  const lease = leaseOrHeld(name, answer);
  // A renewal that fails is no news: what counts is asked before each effect.
  const renewal = () => void locks.renew(lease, attempt.signal).catch(() => undefined);
  const timer = setInterval(renewal, (leaseSeconds * 1_000) / renewalsInALease);
  try {
    return await run({
      ...attempt,
      async sending(): Promise<Sending> {
        await asked(locks.assertHeld(lease, asking()));
        return attempt.sending();
      },
    });
  } finally {
    clearInterval(timer);
  }
}

function leaseOrHeld(name: string, answer: { lease: LockLease } | { heldBy: string }): LockLease {
  if ('lease' in answer) return answer.lease;
  const message = `The lock ${name} is held by ${answer.heldBy}; nothing was sent.`;
  throw new OperatingFailure('LockHeld', message, { retryable: true });
}

/** `<incident>/<epoch>/<round>` */
const incidentOf = (commandId: string): string => commandId.split('/')[0] ?? commandId;
