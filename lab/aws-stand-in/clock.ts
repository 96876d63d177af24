import type { EpochMs } from '../../domain/time';

/** The stand-in's only source of time, so that a test can own it. */
export interface Clock {
  now(): EpochMs;
  /** Runs `run` once, `ms` from now. @returns a function that calls it off. */
  after(ms: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until it is advanced. Latency, deployments and health checks all wait for it. */
export interface ManualClock extends Clock {
  /** Moves time on, running what falls due in order, each at its own moment. */
  advance(ms: number): void;
}

export function manualClock(start: EpochMs = Date.UTC(2026, 0, 1)): ManualClock {
  let now = start;
  const timers = new Set<{ at: EpochMs; run: () => void }>();

  const nextDueBy = (until: EpochMs) =>
    [...timers].filter(({ at }) => at <= until).reduce((first, timer) => (timer.at < first.at ? timer : first));

  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(ms) {
      const until = now + ms;
      while ([...timers].some(({ at }) => at <= until)) {
        const timer = nextDueBy(until);
        timers.delete(timer);
        now = timer.at;
        timer.run();
      }
      now = until;
    },
  };
}

export async function pause(clock: Clock, ms: number): Promise<void> {
  if (ms > 0) await new Promise<void>((resolve) => clock.after(ms, resolve));
}
