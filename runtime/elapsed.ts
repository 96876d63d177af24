/** The two clocks of a machine, in milliseconds. */
export interface Clocks {
  /** Never jumps, but may stand still while the machine sleeps. */
  monotonicMs: () => number;
  /** Goes on while it sleeps, but may be set. */
  now: () => number;
}

/**
 * Milliseconds that never go back, and go on while the process is frozen or its machine asleep: of two readings the clock counts
 * that says more has passed. A wall clock that is set forward makes it jump; then a lease ends early, which is the safe side.
 */
export function elapsedClock({ monotonicMs, now }: Clocks): () => number {
  let last = { monotonicMs: monotonicMs(), now: now() };
  let elapsedMs = 0;
  return () => {
    const current = { monotonicMs: monotonicMs(), now: now() };
    elapsedMs += Math.max(current.monotonicMs - last.monotonicMs, current.now - last.now, 0);
    last = current;
    return elapsedMs;
  };
}
