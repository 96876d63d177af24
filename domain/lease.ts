/** How the time of a lease is divided, so that what runs under it is stopped before anybody else may hold the lock. */

export interface LeaseLengths {
  /** After this the lock is free for others, unless it was renewed. */
  leaseSeconds: number;
  /** So long a stop may take. */
  stopSeconds: number;
}

/** All counted from the moment before the lease was asked for: the answer's way back is on our account. */
export interface LeasePlan {
  renewEveryMs: number;
  /** Not renewed until then, the sentinel begins to stop the application. */
  stopAfterMs: number;
  /** And then its watchdog does, should the sentinel have been kept from it. */
  watchdogAfterMs: number;
}

const leastMarginMs = 1_000;
/** Two clocks that run apart by more than this share are broken. */
const marginShare = 0.1;
/** A start that is under way is ended before the stop begins; what does not end when it is asked to is ended after 2 s. */
const endOfStartMs = 2_500;
/** How much earlier than its watchdog the sentinel acts, so that usually one of them stops the application. */
const watchdogLagMs = 1_000;
/** Between two renewals a lost answer, and another one, must have room. */
const renewalsWithin = 4;
/** A lease that leaves less than this is lost by one slow answer. */
const leastToRenewMs = 2_000;

export function leasePlan({ leaseSeconds, stopSeconds }: LeaseLengths): LeasePlan {
  const leaseMs = leaseSeconds * 1_000;
  const marginMs = Math.max(leastMarginMs, leaseMs * marginShare);
  const watchdogAfterMs = leaseMs - marginMs - endOfStartMs - stopSeconds * 1_000;
  const stopAfterMs = watchdogAfterMs - watchdogLagMs;
  return { watchdogAfterMs, stopAfterMs, renewEveryMs: Math.floor(stopAfterMs / renewalsWithin) };
}

/** Whether the lease is long enough for its stop. */
export function leaseSuffices(lengths: LeaseLengths): boolean {
  return leasePlan(lengths).stopAfterMs >= leastToRenewMs;
}

/** How long after its end by our own clock a lease of somebody else's is left alone, where two machines' clocks decide. */
export function leaseGraceMs(leaseSeconds: number): number {
  return Math.max(leastMarginMs, leaseSeconds * 1_000 * marginShare);
}
