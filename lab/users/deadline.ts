/** Why an operation ended that its user did not wait for any longer. */
export class GaveUp extends Error {
  override readonly name = 'GaveUp';
  readonly code = 'gave up';
}

/** Runs with a signal that is aborted with `GaveUp` after `ms`, and with `stopping`'s own reason when that comes first. */
export async function within<T>(
  ms: number,
  stopping: AbortSignal,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController();
  const stop = () => deadline.abort(stopping.reason);
  if (stopping.aborted) stop();
  const timer = setTimeout(() => deadline.abort(new GaveUp()), ms);
  stopping.addEventListener('abort', stop, { once: true });
  try {
    return await run(deadline.signal);
  } finally {
    clearTimeout(timer);
    stopping.removeEventListener('abort', stop);
  }
}
