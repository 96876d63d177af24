import { known, type Reading } from '../observation';
import { oneLine } from '../one-line';
import type { NotLookedAt, ReadinessFacts } from './facts';
import type { Finding } from './finding';

/** What was read of the store in which a pair's outer lock is kept. */
export interface OuterLockReport {
  /** Known: it answers, and lets us read the lock. */
  store: Reading<true>;
  /** Why that is unknown, in the gateway's words. */
  says?: string;
  /** Whether a fence waits for a store that cannot be asked. */
  fenceWaits: boolean;
}

/**
 * Whether the pair's outer lock could be asked for. Who holds it is no finding: a pipeline that keeps others out while it works may ask for
 * the readiness itself, and one look cannot tell for how long it has been held.
 */
export function lockFindings({ surroundings }: Pick<ReadinessFacts, 'surroundings'>): Finding[] | NotLookedAt {
  const { outerLock } = surroundings;
  if (!outerLock) return { notLookedAt: 'the pair has no outer lock' };
  const { store, says, fenceWaits } = outerLock;
  if (known(store)) return [];
  const why = says === undefined ? '' : `: ${oneLine(says.replace(/\.$/, ''), 200)}`;
  return [
    {
      what: `the outer lock cannot be asked for (${store.unknown}${why})`,
      consequence: fenceWaits
        ? 'no fence is sent until it can (fenceWaits), and both sites go on writing in a split; what brings a site back waits too'
        : 'a fence goes on without it, and keeps no other automation out; what brings a site back waits until it can',
      fix: 'see that the store of locks runs, that it is reached from the worker, and that it takes what lock in the configuration presents (docs/runbooks/lock.md); then look again',
    },
  ];
}
