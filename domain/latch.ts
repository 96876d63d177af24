import { valueOf, type Observation } from './observation';
import { note } from './notes';
import type { Known, Planned, Roles } from './state';
import type { EpochMs } from './time';
import { groupsHolding, groupsOf } from './traffic';

/**
 * Fixes who stays and who is fenced, and records what a restore would need, before anything is touched.
 * Promise: what is returned here is in the run's history before the first removal is sent.
 * @param planned The stale site leaves, or comes back, while both replicate: it is not fenced, and not said to be.
 */
export function latchRoles(
  known: Known,
  roles: Roles,
  observation: Observation,
  now: EpochMs,
  planned?: Planned,
): Known {
  const keep = observation.sites[roles.keepSite];
  const stale = observation.sites[roles.staleSite];
  const groups = groupsOf(observation) ?? [];
  const startedAt = keep && valueOf(keep.startedAt);
  const latched: Known = {
    ...known,
    roles,
    phase: 'fencing',
    epoch: known.epoch + 1,
    adopted: groupsHolding(groups, roles.staleSite).length === 0,
    refusal: undefined,
    wouldDo: undefined,
    fenceProved: undefined,
    synchronization: undefined,
    planned: undefined,
    return: undefined,
    failedLevels: undefined,
    levelSince: undefined,
    switchOn: undefined,
    asked: undefined,
    applicationStoppedAt: undefined,
    storesUnchanged: undefined,
    groups: Object.fromEntries(groups.map(({ arn, dial, endpoints }) => [arn, { dial, endpoints }])),
    keepSiteAtLatch: {
      startedAt,
      members: (keep && valueOf(keep.view)?.members) ?? [],
      sizes: keep && valueOf(keep.sizes),
    },
    keepSiteStartedAt: startedAt,
    keepSiteRestarts: 0,
    staleSiteStartedAt: stale && valueOf(stale.startedAt),
    staleSiteAnsweredAtLatch: stale !== undefined && valueOf(stale.view) !== undefined,
  };
  return note(latched, now, `${aimOf(roles, planned)}: ${roles.because}`);
}

function aimOf({ keepSite, staleSite }: Roles, planned: Planned | undefined): string {
  switch (planned) {
    case 'offline':
      return `take ${staleSite} out of traffic as planned, ${keepSite} goes on serving`;
    case 'online':
      return `bring ${staleSite} back into traffic, ${keepSite} goes on serving`;
    case undefined:
      return `keep ${keepSite}, fence ${staleSite}`;
  }
}

/**
 * Gives the roles to the other two: what was proved of the old ones is void, what was detached stays remembered.
 * The new epoch voids every decision of the old one.
 */
export function relatchRoles(known: Known, roles: Roles, observation: Observation, now: EpochMs): Known {
  // A start that is read only now may be the one that made it lost.
  const staleSiteStartedAt = known.keepSiteAtLatch?.startedAt;
  return { ...latchAnew(known, roles, observation, now), staleSiteStartedAt };
}

/** Fixes roles once more in a run that had some: what was proved is void. The new epoch voids every decision of the old one. */
export function latchAnew(known: Known, roles: Roles, observation: Observation, now: EpochMs): Known {
  const forgotten: Known = {
    ...known,
    admission: undefined,
    restoringSince: undefined,
    keepSiteLostSince: undefined,
    allDetachedSince: undefined,
    detachedCaches: [],
    provedSince: undefined,
    keepSiteOfflineOnStaleDueSince: undefined,
    keepSiteOfflineOnStaleSince: undefined,
    deployedFirstReadAt: undefined,
    deployedReadTwiceAt: undefined,
    reRemovals: [],
  };
  return latchRoles(forgotten, roles, observation, now);
}

/**
 * Forgets the roles; only while nothing was detached, and this run keeps no site out of traffic. The new epoch voids what was
 * decided: a later split is another question.
 */
export function unlatchRoles(known: Known, because: string, now: EpochMs): Known {
  const told = note(known, now, because);
  return {
    ...told,
    phase: 'observing',
    epoch: known.epoch + 1,
    roles: undefined,
    adopted: undefined,
    groups: {},
    restoringSince: undefined,
    reRemovals: [],
    deployedFirstReadAt: undefined,
    deployedReadTwiceAt: undefined,
    keepSiteStartedAt: undefined,
    keepSiteAtLatch: undefined,
    staleSiteStartedAt: undefined,
    keepSiteLostSince: undefined,
  };
}
