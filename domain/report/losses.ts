import type { Discard } from '../way-back';
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
