import { setTimeout as sleep } from 'node:timers/promises';

const defaultEveryMs = 100;

export interface Patience {
  /** What is awaited, as it reads in the error: `site-a sees site-b`. */
  what: string;
  withinSeconds: number;
  everyMs?: number;
}

/**
 * Polls until `condition` gives something truthy, and returns that.
 * A condition that throws counts as not yet; its last error is the cause of the time-out.
 */
export async function until<T>(condition: () => Promise<T> | T, patience: Patience): Promise<NonNullable<T>> {
  const deadline = performance.now() + patience.withinSeconds * 1_000;
  let cause: unknown;
  for (;;) {
    try {
      const result = await condition();
      if (result) return result;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`waited ${patience.withinSeconds} s in vain: ${patience.what}`, { cause });
    }
    await sleep(patience.everyMs ?? defaultEveryMs);
  }
}
