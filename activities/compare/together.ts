/**
 * Runs two pieces of work at once. When one fails the other is ended too, and waited for: nothing goes on unheard.
 * Fails with the first failure.
 */
export async function together<T, U>(
  signal: AbortSignal,
  one: (signal: AbortSignal) => Promise<T>,
  other: (signal: AbortSignal) => Promise<U>,
): Promise<[T, U]> {
  const controller = new AbortController();
  const shared = AbortSignal.any([signal, controller.signal]);
  const running = [one(shared), other(shared)] as const;
  try {
    return await Promise.all(running);
  } catch (error) {
    controller.abort(error);
    await Promise.allSettled(running);
    throw error;
  }
}

/** Waits; ends at once when the signal does, and what is asked next under that signal fails. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
  });
}
