import { valueOf, type Observation } from './observation';
import { note } from './learn';
import type { Known, Roles } from './state';
import type { EpochMs } from './time';
import { groupsHolding, groupsOf } from './traffic';

/**
 * Fixes who stays and who is fenced, and records what a restore would need, before anything is touched.
 * Promise: what is returned here is in the run's history before the first removal is sent.
 */
export function latchRoles(known: Known, roles: Roles, observation: Observation, now: EpochMs): Known {
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
    groups: Object.fromEntries(groups.map(({ arn, dial, endpoints }) => [arn, { dial, endpoints }])),
    keepSiteAtLatch: {
      startedAt,
      members: (keep && valueOf(keep.view)?.members) ?? [],
      sizes: keep && valueOf(keep.sizes),
    },
    keepSiteStartedAt: startedAt,
    keepSiteRestarts: 0,
    staleSiteAnsweredAtLatch: stale !== undefined && valueOf(stale.view) !== undefined,
  };
  return note(latched, now, `keep ${roles.keepSite}, fence ${roles.staleSite}: ${roles.because}`);
}

/** Forgets the roles; only while both sites are in traffic and nothing was detached. */
export function unlatchRoles(known: Known, because: string, now: EpochMs): Known {
  const told = note(known, now, because);
  return {
    ...told,
    phase: 'observing',
    roles: undefined,
    adopted: undefined,
    groups: {},
    restoringSince: undefined,
    reRemovals: [],
    deployedFirstReadAt: undefined,
    deployedReadTwiceAt: undefined,
    keepSiteStartedAt: undefined,
    keepSiteAtLatch: undefined,
  };
}
