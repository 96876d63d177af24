import { healthNote } from './health-note';
import { known, type EndpointGroup, type Observation } from './observation';
import { otherSite, type SiteName, type SitePair } from './site-pair';
import { endpointOf, groupsHolding, groupsOf } from './traffic';

/** What was read, in one sentence a person can act on; what was not read is said to be unknown. */
export function whatIsTrue(pair: SitePair, observation: Observation): string {
  const groups = groupsOf(observation);
  const traffic = pair.sites.map((site) =>
    groups ? `${site} is ${inTraffic(groups, pair, site)}` : `whether ${site} is in traffic is unknown`,
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
  const health = healthNote(pair, observation) ?? [];
  return `${[...traffic, ...replication, ...sayDevices(pair, observation)].concat(health).join('; ')}.`;
}

/** Of those that were asked: a fence may rest on them. */
function sayDevices({ fencing }: SitePair, { devices = {} }: Observation): readonly string[] {
  return (fencing?.devices ?? []).flatMap(({ name, site }) => {
    const state = devices[name];
    if (!state) return [];
    return known(state) ? `${name} says that ${site} is ${state.value}` : `${name} cannot tell whether ${site} is on`;
  });
}

function inTraffic(groups: readonly EndpointGroup[], pair: SitePair, site: SiteName): string {
  const ours = groups.filter((group) => pair.sites.some((one) => endpointOf(group, one)));
  const holding = groupsHolding(ours, site);
  if (holding.length === 0) return 'out of traffic';
  return holding.length === ours.length
    ? 'in traffic'
    : `in traffic in ${holding.length} of ${ours.length} endpoint groups only`;
}
