import type { Known } from './state';
import type { Discard } from './way-back';

/**
 * What synchronizes of this run gave up, with the one that goes on; written before its stale site is emptied, and before it is
 * pushed to. So it is told whatever becomes of the synchronize, and however often it is done anew.
 */
export function discardsNow({ synchronization, discards = [] }: Known): readonly Discard[] {
  if (!synchronization) return discards;
  const { plan, by, since, discarded, preview, emptiedAt } = synchronization;
  const before = discards.find(({ at }) => at === since);
  const discard = { plan, by, at: since, entries: discarded, caches: preview };
  const others = discards.filter((one) => one !== before);
  return [...others, { ...discard, emptiedAt: before?.emptiedAt ?? emptiedAt }].slice(-20);
}
