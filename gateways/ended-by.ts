import { setMaxListeners } from 'node:events';

/**
 * The outcome of `run`, or a rejection with `late()` as soon as the signal ends: for work that does not obey a signal
 * itself. It is not begun when the signal has ended already; begun before, it goes on unheard.
 */
export async function endedBy<T>(signal: AbortSignal, late: () => Error, run: () => Promise<T>): Promise<T> {
  if (signal.aborted) throw late();
  let end!: () => void;
  const ended = new Promise<never>((_, reject) => (end = () => reject(late())));
  shareable(signal).addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([ended, run()]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** Many reads share one signal; Node takes more than ten listeners for a leak. */
export function shareable(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}
