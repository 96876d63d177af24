import { OperatingFailure, type FailureType } from '../domain/failure-types';
import type { Reading } from '../domain/observation';
import type { Clock, ReadingJournal } from './dependencies';

/** The longest a single read may take; a slower answer is unknown. */
const readBudgetMs = 2_000;

export type Read = <T>(what: string, ask: (signal: AbortSignal) => Promise<T>) => Promise<Reading<T>>;

/** Reads of one pair: one that fails or is slow becomes `{ unknown }`, and the journal is told; it never throws. */
export function readerOf(
  pair: string,
  { clock, journal }: { clock: Clock; journal: ReadingJournal },
  budgetMs = readBudgetMs,
): Read {
  return (what, ask) =>
    withinBudget(ask, budgetMs).then(
      (value) => {
        journal.readSucceeded({ pair, what });
        return { value, at: clock.now() };
      },
      (error: unknown) => {
        const failure = asFailure(error);
        if (!isNothingToRead(error)) journal.readFailed({ pair, what, ...failure });
        return { unknown: failure.type, at: clock.now() };
      },
    );
}

export function notObserved<T>(at: number): Reading<T> {
  return { unknown: 'NotObserved', at };
}

/** A health URL that was asked and gave no status is never taken for a site that has none, whatever went wrong. */
export function healthAsked(status: Reading<number>): Reading<number> {
  return 'unknown' in status ? { unknown: 'HealthUnreachable', at: status.at } : status;
}

/** A gateway is asked to stop at the budget, and is not waited for beyond it. */
async function withinBudget<T>(ask: (signal: AbortSignal) => Promise<T>, budgetMs: number): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const late = new OperatingFailure('NotObserved', `no answer within ${budgetMs} ms`, { retryable: true });
      controller.abort(late);
      // The gateway's own failure, which names the system, is preferred when it comes at once.
      setImmediate(() => reject(late));
    }, budgetMs);
  });
  try {
    return await Promise.race([ask(controller.signal), expired]);
  } finally {
    clearTimeout(timer);
  }
}

/** As of an application whose state no command tells: there is nothing that could be put right. */
function isNothingToRead(error: unknown): boolean {
  return error instanceof OperatingFailure && error.type === 'NotObserved' && !error.retryable;
}

function asFailure(error: unknown): { type: FailureType; message: string } {
  if (error instanceof OperatingFailure) return { type: error.type, message: error.message };
  return { type: 'NotObserved', message: error instanceof Error ? error.message : String(error) };
}
