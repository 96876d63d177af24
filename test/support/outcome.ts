import { OperatingFailure } from '../../domain/failure-types';

/** The operating failure that a promise ends with; anything else fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<OperatingFailure> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome && outcome.error instanceof OperatingFailure) return outcome.error;
  throw new Error('expected an operating failure', { cause: outcome });
}

/** A signal that never ends. */
export function noHurry(): AbortSignal {
  return new AbortController().signal;
}
