import type { Known, Phase } from './state';
import { recently, seconds, type EpochMs } from './time';

/** Whether replication to the stale site is, or may be, online by this run's own doing: from then on nobody detaches it but for a reason. */
export function isAttached({ synchronization, planned }: Known): boolean {
  return planned !== undefined || (synchronization !== undefined && synchronization.pushStarts.length > 0);
}

/** Whether the stale site is to replicate to the kept one again: only what compared equal ever gets here. */
export function mayWriteBack({ synchronization, planned }: Known): boolean {
  return planned !== undefined || synchronization?.equalAt !== undefined;
}

/** A health check that fails once is no loss. */
const lostAfterMs = seconds(10);

/** Whether the kept site has been read as lost for long enough to act on it. */
export function isKeptLost({ keepSiteLostSince }: Known, now: EpochMs): boolean {
  return keepSiteLostSince !== undefined && !recently(keepSiteLostSince, lostAfterMs, now);
}

/** It is lost, and both hold the same: the stale one may yet take its place. */
export function isKeptLostUndetached(known: Known, now: EpochMs): boolean {
  return isKeptLost(known, now) && known.detachRequestedAt === undefined && known.detachedAt === undefined;
}

/** Whether the stale site is wanted in traffic. */
export function isWantedIn({ return: back }: Known): boolean {
  return back?.addRequestedAt !== undefined && back.failedAt === undefined;
}

/** The phase that follows from what a run knows, once it has roles. */
export function phaseOf(known: Known): Phase {
  const { synchronization: way, planned, return: back } = known;
  if (back?.servingAt !== undefined) return 'soaking';
  if (back) return 'admitting';
  if (planned !== undefined) return planned === 'offline' ? 'goingOffline' : 'synchronized';
  if (!way) return known.provedSince === undefined ? 'fencing' : 'fenced';
  if (way.refreshedAt !== undefined) return 'synchronized';
  if (way.equalAt !== undefined) return 'reattaching';
  if (way.pushedAt !== undefined) return 'comparing';
  return way.emptiedAt === undefined ? 'clearing' : 'pushing';
}

/** What was decided, proved and begun counts in its own epoch only; what was read and told stays. */
export function nextEpoch(known: Known): Known {
  const voided = { synchronization: undefined, planned: undefined, return: undefined, switchOn: undefined };
  // Proved of a site that was switched on since, by decision: the next fence rests on more than Global Accelerator again.
  const fenceProved = known.switchOn ? undefined : known.fenceProved;
  return { ...known, ...voided, fenceProved, epoch: known.epoch + 1, provedSince: undefined, phase: 'fencing' };
}
