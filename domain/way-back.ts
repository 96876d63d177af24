/** What a run keeps of bringing a site back. */
import type { Comparison, Progress } from './comparison';
import type { CacheName } from './site-pair';
import type { EpochMs } from './time';

/** A synchronize that was decided on; forgotten with its epoch. */
export interface Synchronization {
  plan: string;
  by: readonly string[];
  since: EpochMs;
  /** As compared before anything was cleared: what was given up. */
  discarded: number;
  /** The same per cache. */
  preview?: Comparison['caches'];
  keepSiteStartedAt: EpochMs;
  staleSiteStartedAt: EpochMs;
  /** The stale site's store counter when it was decided: what is stored there since was approved by nobody. */
  staleSiteStores?: number;
  caches: readonly CacheName[];
  /** When every cache of the stale site read empty after it was emptied; unset when it has to be emptied again. */
  emptiedAt?: EpochMs;
  /** When pushes were asked for, each written before the call: from the first one on the stale site is attached. */
  pushStarts: readonly EpochMs[];
  /** Caches whose last push read OK, with their backup online at every look since it started. */
  pushed: readonly CacheName[];
  /** Caches whose backup read offline since their push started: whatever their status says, they are pushed again. */
  spoiled: readonly CacheName[];
  /** When every cache was pushed; a comparison counts only if it began after it. */
  pushedAt?: EpochMs;
  /** The last round that was begun by then. */
  pushedInRound?: number;
  /** Entries read on the stale site against those on the kept one, as last told. */
  progress?: Progress;
  /** When the comparison ended that found every key and value equal. */
  equalAt?: EpochMs;
  /** When the backup to the kept site read online on the stale one. */
  reattachedAt?: EpochMs;
  applicationReadyAt?: EpochMs;
  /** When the kept site's application had read anew what the stale one changed; `applicationReadyAt` where nobody has it do so. */
  refreshedAt?: EpochMs;
}

/** What a synchronize gave up of the stale site. Keys are never kept: they may be session ids. */
export interface Discard {
  plan: string;
  by: readonly string[];
  /** When it was decided on. */
  at: EpochMs;
  /** As compared before anything was cleared: keys that only the stale site had, and keys whose values differed. */
  entries: number;
  caches?: Comparison['caches'];
  /** When the stale site's caches read empty; until then the entries may have been discarded. */
  emptiedAt?: EpochMs;
}

/** A site on its way back into traffic; forgotten with its epoch. */
export interface Return {
  plan: string;
  by: readonly string[];
  since: EpochMs;
  /** The last round that was begun by then: what was compared before does not count. */
  round: number;
  /** When the last call that adds was asked for, written before it. */
  addRequestedAt?: EpochMs;
  /** It did not become healthy in time, and is taken out again. */
  failedAt?: EpochMs;
  /** When it read present and healthy in every group, with the accelerator DEPLOYED. */
  servingAt?: EpochMs;
  soakUntil?: EpochMs;
  /** Since when, and why, the sites may differ: something broke inside the soak, and nobody could be fenced. */
  unfenced?: { at: EpochMs; why: string };
}
