import type { Discard } from '../state';
import type { EpochMs } from '../time';
import type { ReportedRun } from './reported-run';

/** What one synchronize gave up of the stale site. */
export interface Discarded extends Omit<Discard, 'emptiedAt'> {
  /** `mayBe`: emptying was begun, and the caches were not read empty. `notYet`: it was decided on, and not begun. */
  done: 'yes' | 'mayBe' | 'notYet';
}

/** Oldest first. */
export function discardedBy({ discards = [], synchronization: way, ended }: ReportedRun): readonly Discarded[] {
  const told = discards.map(({ emptiedAt, ...rest }): Discarded => {
    const empty = emptiedAt ?? (way?.since === rest.at ? way.emptiedAt : undefined);
    return { ...rest, done: empty === undefined ? 'mayBe' : 'yes' };
  });
  if (!way || ended || discards.some(({ at }) => at === way.since)) return told;
  const { plan, by, since, discarded, preview } = way;
  return [...told, { plan, by, at: since, entries: discarded, caches: preview, done: 'notYet' }];
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
  // Nothing is emptied before the kept site read offline there.
  const emptiedAt =
    synchronization?.emptiedAt ?? run.discards?.findLast((one) => one.emptiedAt !== undefined)?.emptiedAt;
  return emptiedAt === undefined ? { kind: 'since', from } : { kind: 'endedBefore', from, before: emptiedAt };
}
