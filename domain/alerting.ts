import type { RunState } from './state';
import type { HeardAlert } from './heard';
import { seconds } from './time';

/**
 * Whether an alert still keeps the run awake: from its firing until its `resolved`, or until both views were read whole
 * for `stableSeconds` after it was last heard (a `resolved` may never come).
 */
export function isFiring(alert: HeardAlert, state: RunState, stableSeconds: number, now: number): boolean {
  if (alert.status === 'resolved') return false;
  const { linkWholeSince, linkUnknownSince } = state.known;
  if (linkWholeSince === undefined || linkUnknownSince !== undefined) return true;
  return now - Math.max(linkWholeSince, alert.lastHeardAt) < seconds(stableSeconds);
}

export function firingAlerts(state: RunState, stableSeconds: number, now: number): readonly HeardAlert[] {
  return heardInOrder(state).filter((alert) => isFiring(alert, state, stableSeconds, now));
}

export function heardInOrder(state: RunState): readonly HeardAlert[] {
  return Object.values(state.heard.alerts).sort((left, right) => left.order - right.order);
}
