import { setTimeout as sleep } from 'node:timers/promises';

const defaultEveryMs = 100;

export interface Patience {
  /** What is awaited, as it reads in the error: `site-a sees site-b`. */
  what: string;
  withinSeconds: number;
  everyMs?: number;
  /** Ends the waiting early; its reason is the cause of the error. */
  signal?: AbortSignal;
}

/**
 * Polls until `condition` gives something truthy, and returns that.
 * A condition that throws counts as not yet; its last error is the cause of the time-out.
 */
export async function until<T>(condition: () => Promise<T> | T, patience: Patience): Promise<NonNullable<T>> {
  const { what, withinSeconds, everyMs = defaultEveryMs, signal } = patience;
  const deadline = performance.now() + withinSeconds * 1_000;
  let cause: unknown;
  for (;;) {
    try {
      const result = await condition();
      if (result) return result;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (signal?.aborted) throw new Error(`no longer waiting: ${what}`, { cause: signal.reason });
    if (performance.now() > deadline) throw new Error(`waited ${withinSeconds} s in vain: ${what}`, { cause });
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}
