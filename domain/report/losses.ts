import type { Comparison } from '../comparison';
import type { EpochMs } from '../time';
import type { ReportedRun } from './reported-run';

/** What one synchronize gave up of the stale site. */
export interface Discarded {
  plan: string;
  by: readonly string[];
  at: EpochMs;
  /** Keys that only the stale site had, and keys whose values differed: the kept site's stayed. */
  entries: number;
  /** As compared before anything was cleared. */
  caches?: Comparison['caches'];
  /** `mayBe`: it was void before the stale site's caches read empty. `notYet`: nothing read as emptied so far. */
  done: 'yes' | 'mayBe' | 'notYet';
}

/** Oldest first. */
export function discardedBy({ discards = [], synchronization, ended }: ReportedRun): readonly Discarded[] {
  const before = discards.map(({ emptiedAt, ...rest }): Discarded => ({
    ...rest,
    done: emptiedAt === undefined ? 'mayBe' : 'yes',
  }));
  if (!synchronization) return before;
  const { plan, by, since, discarded, preview, emptiedAt } = synchronization;
  const done = emptiedAt !== undefined ? 'yes' : ended ? 'mayBe' : 'notYet';
  return [...before, { plan, by, at: since, entries: discarded, caches: preview, done }];
}

/** When a write at the stale site could have reached the kept one and overwritten its value. */
export type StaleWrites =
  | { kind: 'never'; because: string }
  | { kind: 'between'; from: EpochMs; to: EpochMs }
  /** It had ended by `before`; when exactly was not kept. */
  | { kind: 'endedBefore'; from: EpochMs; before: EpochMs }
  | { kind: 'since'; from: EpochMs };

export function staleWritesOf(run: ReportedRun): StaleWrites {
  const { keepSiteOfflineOnStaleDueSince: from, keepSiteOfflineOnStaleSince: to, synchronization } = run;
  if (run.detachedAt === undefined) return { kind: 'never', because: 'nothing was detached' };
  if (from === undefined) {
    const because = 'the stale site neither answered anew nor saw its peer, and its old connections were not over';
    return { kind: 'never', because };
  }
  if (to !== undefined && to <= from) {
    return { kind: 'never', because: 'the stale site read as no longer sending before it could have' };
  }
  if (to !== undefined) return { kind: 'between', from, to };
  const emptiedAt = synchronization?.emptiedAt;
  return emptiedAt === undefined ? { kind: 'since', from } : { kind: 'endedBefore', from, before: emptiedAt };
}
