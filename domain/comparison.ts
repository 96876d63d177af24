import type { CacheName, SiteName } from './site-pair';
import type { EpochMs } from './time';

/** One cache on both sites, compared by every key and value; expiry times are ignored, since a push restarts lifespans. */
export interface CacheComparison {
  keepEntries: number;
  staleEntries: number;
  onlyOnKeep: number;
  /** Keys that a synchronize would discard. */
  onlyOnStale: number;
  /** Keys whose values differ: on two reads apart, the kept site's value unchanged between. */
  differing: number;
  /**
   * Of a comparison after a push: entries with a lifespan that only the stale site has. A push restarts lifespans, so what
   * expires on the kept site lives on here for a while. Not counted above; what was stored here after the push is.
   */
  expiring?: number;
  /** Counting ended at its bound: `onlyOnKeep` is "at least", and where `uncounted` is not 0 so are the two after it. */
  atLeast?: boolean;
  /** Entries of the stale site among which counting did not come: any of them may be lost too. */
  uncounted?: number;
}

/** What one `compareSites` found. It counts only in its epoch, and only while neither site has restarted since. */
export interface Comparison {
  keepSite: SiteName;
  staleSite: SiteName;
  epoch: number;
  startedAt: EpochMs;
  endedAt: EpochMs;
  /** When each site's caches had started, read before and found unchanged after the comparison. */
  keepSiteStartedAt: EpochMs;
  staleSiteStartedAt: EpochMs;
  caches: Readonly<Record<CacheName, CacheComparison>>;
}

/** How far a long command has come. */
export interface Progress {
  what: string;
  done: number;
  total: number;
  /** By the observing worker's clock: since when, and as of when. */
  since: EpochMs;
  at: EpochMs;
}

export function isEqual(comparison: Pick<Comparison, 'caches'>): boolean {
  const caches = Object.values(comparison.caches);
  return caches.length > 0 && caches.every((cache) => cache.onlyOnKeep + cache.onlyOnStale + cache.differing === 0);
}

/** Whether a comparison speaks for all of these caches: what was not read may differ. */
export function covers({ caches: compared }: Pick<Comparison, 'caches'>, caches: readonly CacheName[]): boolean {
  return caches.every((cache) => cache in compared);
}

/** How many entries the kept site has in all caches that were compared. */
export function entriesOf({ caches }: Pick<Comparison, 'caches'>): number {
  return Object.values(caches).reduce((sum, { keepEntries }) => sum + keepEntries, 0);
}

/**
 * How many entries of the stale site would be lost by a synchronize: keys that only it has, and values that differ. Where
 * counting ended at its bound this is the most that it can be: an approval must never allow less than what happens.
 */
export function discards({ caches }: Pick<Comparison, 'caches'>): number {
  return Object.values(caches).reduce(
    (sum, { onlyOnStale, differing, uncounted = 0 }) => sum + onlyOnStale + differing + uncounted,
    0,
  );
}

/** Whether `discards` is the most that it can be, and not an exact count. */
export function isDiscardBounded(caches: Comparison['caches'] = {}): boolean {
  return Object.values(caches).some(({ uncounted = 0 }) => uncounted > 0);
}

/** How many entries a synchronize discards, as a person is told. */
export function sayDiscards(comparison: Pick<Comparison, 'caches'>): string {
  return `${discards(comparison)} entries${isDiscardBounded(comparison.caches) ? ' at most' : ''}`;
}
