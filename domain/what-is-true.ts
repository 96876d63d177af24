import { known, type Observation } from './observation';
import { otherSite, type SitePair } from './site-pair';
import { groupsOf, isAdmitted } from './traffic';

/** What was read, in one sentence a person can act on; what was not read is said to be unknown. */
export function whatIsTrue(pair: SitePair, observation: Observation): string {
  const groups = groupsOf(observation);
  const traffic = pair.sites.map((site) =>
    groups
      ? `${site} is ${isAdmitted(groups, site) ? 'in' : 'out of'} traffic`
      : `whether ${site} is in traffic is unknown`,
  );
  const replication = pair.sites.map((site) => {
    const other = otherSite(pair, site);
    const backups = observation.sites[site]?.backups;
    if (!backups || !known(backups)) return `replication ${site} -> ${other} is unknown`;
    const statuses = Object.values(backups.value);
    const offline = statuses.filter((status) => status !== 'online').length;
    if (statuses.length === 0) return `${site} reports no backup to ${other}`;
    if (offline === 0) return `replication ${site} -> ${other} is online`;
    return `replication ${site} -> ${other} is offline for ${offline} of ${statuses.length} caches`;
  });
  return `${[...traffic, ...replication].join('; ')}.`;
}
