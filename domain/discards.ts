import type { Known } from './state';

/** Forgets a synchronize that is void, and keeps what it gave up: the report tells it however often it is done anew. */
export function withoutSynchronization(known: Known): Known {
  const { synchronization, discards = [] } = known;
  if (!synchronization) return known;
  const { plan, by, since, discarded, preview, emptiedAt } = synchronization;
  const discard = { plan, by, at: since, entries: discarded, caches: preview, emptiedAt };
  return { ...known, synchronization: undefined, discards: [...discards, discard].slice(-20) };
}
