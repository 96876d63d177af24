import { known, valueOf, type Endpoint, type EndpointGroup, type Observation } from './observation';
import { refusal, type Refusal } from './refusals';
import type { SiteName } from './site-pair';
import { endpointOf, groupsHolding, groupsOf } from './traffic';

/**
 * Why `keepSite` cannot be the one that stays, or `undefined` when it can: in every group that holds `staleSite` it is
 * present, gets traffic and is healthy, and its replication could be read with ADMIN this round.
 * Invariant: no site is chosen to be kept while this answers with a refusal.
 */
export function keepSiteObstacle(
  observation: Observation,
  { keepSite, staleSite }: { keepSite: SiteName; staleSite: SiteName },
): Refusal | undefined {
  const groups = groupsOf(observation);
  if (!groups) return refusal('TrafficUnknown');
  const holding = groupsHolding(groups, staleSite);
  if (holding.length === 0 && groupsHolding(groups, keepSite).length === 0) {
    return refusal('LastEndpoint', `${keepSite} has no endpoint in Global Accelerator, so it cannot serve alone.`);
  }
  for (const group of holding) {
    const obstacle = groupObstacle(group, { keepSite, staleSite }, healthStatus(observation, keepSite));
    if (obstacle) return obstacle;
  }
  return administrationObstacle(observation, keepSite);
}

/** Its health URL says 200; for a site without one, its Infinispan answers. */
export function couldServe(observation: Observation, site: SiteName): boolean {
  const { health, view } = observation.sites[site] ?? {};
  if (!health || !view) return false;
  if ('unknown' in health && health.unknown === 'NotObserved') return valueOf(view) !== undefined;
  return healthStatus(observation, site) === 200;
}

/** What the site's health URL answered this round, if it has one and it answered. */
export function healthStatus(observation: Observation, site: SiteName): number | undefined {
  const health = observation.sites[site]?.health;
  return health && valueOf(health);
}

/**
 * Why `staleSite` must not be removed from this one group now.
 * @param keepSiteHealth HTTP status of the kept site's health URL; it counts while its endpoint is INITIAL.
 */
export function groupObstacle(
  group: EndpointGroup,
  { keepSite, staleSite }: { keepSite: SiteName; staleSite: SiteName },
  keepSiteHealth: number | undefined,
): Refusal | undefined {
  const endpoint = endpointOf(group, keepSite);
  if (!endpoint) {
    return refusal(
      'LastEndpoint',
      `${staleSite} is the only endpoint left in ${group.region}; removing it would take the service down.`,
    );
  }
  if (endpoint.weight === 0 || group.dial === 0) {
    return refusal(
      'KeepSiteGetsNoTraffic',
      `${keepSite} has weight ${endpoint.weight} and the traffic dial of ${group.region} is ${group.dial}; fencing ${staleSite} would leave a site that gets no traffic.`,
    );
  }
  if (!isHealthy(endpoint, keepSiteHealth)) {
    return refusal(
      'KeepSiteUnhealthy',
      `${keepSite}'s endpoint is ${endpoint.health} in ${group.region}; fencing ${staleSite} would leave only a sick site.`,
    );
  }
  return undefined;
}

/** A fresh endpoint is INITIAL until Global Accelerator has checked it; until then its own health URL must say 200. */
function isHealthy(endpoint: Endpoint, healthUrlStatus: number | undefined): boolean {
  return endpoint.health === 'HEALTHY' || (endpoint.health === 'INITIAL' && healthUrlStatus === 200);
}

/** Why the site's replication could not be changed by us, as read this round; `undefined` when it could. */
export function administrationObstacle(observation: Observation, keepSite: SiteName): Refusal | undefined {
  const backups = observation.sites[keepSite]?.backups;
  if (backups && known(backups) && Object.keys(backups.value).length > 0) return undefined;
  const why = backups && !known(backups) ? backups.unknown : 'it reports no backup location';
  return refusal(
    'KeepSiteNotAdministrable',
    `${keepSite}'s replication cannot be read or changed by us (${why}), so it could not be detached.`,
  );
}

/** Obstacles that a later read may clear by itself: nothing definite was read against the site. */
export function isPassing(obstacle: Refusal, observation: Observation, keepSite: SiteName): boolean {
  if (obstacle.code === 'TrafficUnknown') return true;
  if (obstacle.code !== 'KeepSiteNotAdministrable') return false;
  const backups = observation.sites[keepSite]?.backups;
  return backups !== undefined && !known(backups) && backups.unknown === 'InfinispanUnreachable';
}
