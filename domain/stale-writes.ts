import { mayWriteBack } from './phase';
import type { Known } from './state';
import type { EpochMs } from './time';

/**
 * Since when, and until when, a write at the stale site could have reached the kept one and overwritten its value: it was to be
 * cut off there, and did not read so. Decides nothing; the report tells it. After an equal comparison it is meant to write again.
 */
export function learnStaleWrites(known: Known, now: EpochMs): Known {
  const { keepSiteOfflineOnStaleDueSince: due, keepSiteOfflineOnStaleSince: offline, staleWrites = [] } = known;
  const last = staleWrites.at(-1);
  const open = last && last.to === undefined;
  const possible = due !== undefined && offline === undefined && !mayWriteBack(known);
  if (possible && !open) return { ...known, staleWrites: [...staleWrites, { from: now }].slice(-20) };
  if (possible || !open) return known;
  return { ...known, staleWrites: [...staleWrites.slice(0, -1), { ...last, to: now }] };
}
