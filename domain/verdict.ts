import { couldServe } from './eligibility';
import { deviceState, devicesOf } from './fence-levels';
import { heuristicsNote } from './heuristics';
import { linkOf, sees } from './link';
import { known, valueOf, type BackupStatus, type Observation } from './observation';
import { otherSite, type CacheName, type SiteName, type SitePair } from './site-pair';
import { groupsOf, groupsOrNone, isAdmitted } from './traffic';

export type VerdictKind = 'healthy' | 'partition' | 'siteDown' | 'diverging' | 'fenced' | 'halfFenced' | 'inconclusive';

/** What the pair's situation is called, and why, in one sentence without times (so that equal situations read equal). */
export interface Verdict {
  kind: VerdictKind;
  because: string;
}

/** Caches of `site` whose backup to the other site does not read online; `undefined` when that could not be read. */
export function detachedCaches(observation: Observation, site: SiteName): readonly string[] | undefined {
  const backups = observation.sites[site]?.backups;
  if (!backups || !known(backups)) return undefined;
  // Sorted: a server may name its caches in another order each time, and that is no news.
  return Object.keys(backups.value)
    .filter((cache) => backups.value[cache] !== 'online')
    .sort();
}

/** Configured caches of which `site` reports no backup. */
export function unreportedCaches(
  observation: Observation,
  site: SiteName,
  configured: readonly CacheName[],
): readonly CacheName[] {
  const backups = observation.sites[site] && valueOf(observation.sites[site].backups);
  return backups ? configured.filter((cache) => !(cache in backups)) : [];
}

/** True when `site` reports at least one backup and every one of them is offline. */
export function allDetached(observation: Observation, site: SiteName): boolean {
  return everyBackupIs('offline', observation, site);
}

/** True when `site` reports at least one backup and every one of them is online. */
export function allAttached(observation: Observation, site: SiteName): boolean {
  return everyBackupIs('online', observation, site);
}

function everyBackupIs(wanted: BackupStatus, observation: Observation, site: SiteName): boolean {
  const backups = observation.sites[site] && valueOf(observation.sites[site].backups);
  const statuses = backups ? Object.values(backups) : [];
  return statuses.length > 0 && statuses.every((status) => status === wanted);
}

/** Names the situation. Whatever was not read never counts as fine. */
export function verdictOf(pair: SitePair, observation: Observation): Verdict {
  const groups = groupsOf(observation);
  if (!groups) return { kind: 'inconclusive', because: 'Global Accelerator could not be read' };
  const admitted = pair.sites.filter((site) => isAdmitted(groups, site));
  const [admittedSite] = admitted;
  if (admittedSite === undefined) {
    return { kind: 'inconclusive', because: 'no endpoint of either site is in Global Accelerator' };
  }
  if (admitted.length === 1) return verdictOfOneAdmitted(pair, observation, admittedSite);
  return verdictOfBothAdmitted(pair, observation);
}

function verdictOfOneAdmitted(pair: SitePair, observation: Observation, keepSite: SiteName): Verdict {
  const staleSite = otherSite(pair, keepSite);
  if (allDetached(observation, keepSite)) {
    return { kind: 'fenced', because: `${staleSite} is out of traffic, and ${keepSite} does not replicate to it` };
  }
  const replication =
    detachedCaches(observation, keepSite) === undefined
      ? `it could not be read whether ${keepSite} still replicates to it`
      : `${keepSite} still replicates to it`;
  return { kind: 'halfFenced', because: `${staleSite} is out of traffic, but ${replication}` };
}

function verdictOfBothAdmitted(pair: SitePair, observation: Observation): Verdict {
  const verdict = verdictOfBothServing(pair, observation);
  if (verdict.kind === 'healthy' || verdict.kind === 'inconclusive') return verdict;
  const note = heuristicsNote(pair, observation);
  return note === undefined ? verdict : { ...verdict, because: `${verdict.because}; ${note}` };
}

function verdictOfBothServing(pair: SitePair, observation: Observation): Verdict {
  for (const site of pair.sites) {
    const detached = detachedCaches(observation, site);
    if (detached && detached.length > 0) {
      const switchedOff = verdictOfSwitchedOff(pair, observation, site);
      if (switchedOff) return switchedOff;
      return {
        kind: 'diverging',
        because: `both sites serve, but ${site} does not replicate ${detached.join(', ')} to ${otherSite(pair, site)}`,
      };
    }
  }
  const link = linkOf(pair, observation);
  if (link === 'whole') return verdictOfWholeLink(pair, observation);
  if (link === 'unknown') {
    return { kind: 'inconclusive', because: 'it could not be read whether the sites see each other' };
  }
  const silent = pair.sites.find((site) => sees(pair, observation, site) === undefined);
  if (silent !== undefined) {
    return { kind: 'siteDown', because: `${silent} does not answer, and ${otherSite(pair, silent)} does not see it` };
  }
  const seeing = pair.sites.find((site) => sees(pair, observation, site) === true);
  const because =
    seeing === undefined
      ? 'both sites answer us, neither sees the other'
      : `both sites answer us, but ${otherSite(pair, seeing)} does not see ${seeing}`;
  return { kind: 'partition', because };
}

/** A site that a fence device has switched off serves nobody, in an endpoint group or not, unless it answers all the same. */
function verdictOfSwitchedOff(pair: SitePair, observation: Observation, keepSite: SiteName): Verdict | undefined {
  const staleSite = otherSite(pair, keepSite);
  const device = devicesOf(pair, staleSite).find(
    ({ name }) => deviceState(observation, name, observation.at) === 'off',
  );
  if (!device || couldServe(observation, staleSite)) return undefined;
  const off = `${staleSite} is off, as ${device.name} says, and still in an endpoint group`;
  if (allDetached(observation, keepSite)) {
    return { kind: 'fenced', because: `${off}; ${keepSite} does not replicate to it` };
  }
  return { kind: 'halfFenced', because: `${off}, but ${keepSite} still replicates to it` };
}

function verdictOfWholeLink(pair: SitePair, observation: Observation): Verdict {
  const unread = pair.sites.find((site) => detachedCaches(observation, site) === undefined);
  if (unread !== undefined) {
    return {
      kind: 'inconclusive',
      because: `both views are whole, but the replication of ${unread} could not be read`,
    };
  }
  const silent = pair.sites.find(
    (site) => !allAttached(observation, site) || unreportedCaches(observation, site, pair.caches).length > 0,
  );
  if (silent !== undefined) {
    return {
      kind: 'inconclusive',
      because: `both views are whole, but ${silent} does not report a backup for every configured cache`,
    };
  }
  const sick = pair.sites.flatMap((site) => readUnhealthy(observation, site));
  if (sick.length === 0)
    return { kind: 'healthy', because: 'both sites serve, see each other and replicate both ways' };
  const because = `both sites see each other and replicate both ways; Global Accelerator reads ${sick.join(', ')} UNHEALTHY`;
  return { kind: 'healthy', because };
}

/** Where no clients are sent to the site although its endpoint is there, in words. */
function readUnhealthy(observation: Observation, site: SiteName): readonly string[] {
  return groupsOrNone(observation)
    .filter(({ endpoints }) => endpoints.some((endpoint) => endpoint.site === site && endpoint.health === 'UNHEALTHY'))
    .map(({ region }) => `${site} in ${region}`);
}
