import { known, type EndpointGroup, type Observation } from '../observation';
import { oneLine } from '../one-line';
import type { EndpointSettings, SiteName, SitePair } from '../site-pair';
import { endpointOf, groupsOf } from '../traffic';
import type { ReadinessFacts } from './facts';
import { unreadFinding, type Finding } from './finding';
import { siteTagFindings } from './site-tags';

/**
 * Both sites can take clients everywhere, as the configuration says. A cross-account attachment is not among it:
 * Global Accelerator never returns one.
 */
export function endpointFindings(
  pair: SitePair,
  { observation, siteTags }: Pick<ReadinessFacts, 'observation' | 'siteTags'>,
): Finding[] {
  const groups = groupsOf(observation);
  return [
    ...(groups ? groups.flatMap((group) => groupFindings(pair, group)) : [unreadGroups(observation)]),
    ...pair.sites.flatMap((site) => healthFindings(observation, site)),
    ...siteTagFindings(siteTags),
  ];
}

function unreadGroups({ traffic }: Observation): Finding {
  return unreadFinding(
    'the endpoint groups',
    traffic.groups,
    'no site can be taken out of traffic, and so none fenced',
  );
}

function groupFindings(pair: SitePair, group: EndpointGroup): Finding[] {
  return [
    ...pair.sites.flatMap((site) => siteFindings(pair, group, site)),
    ...dialFindings(group),
    ...foreignFindings(group),
  ];
}

function siteFindings(pair: SitePair, group: EndpointGroup, site: SiteName): Finding[] {
  const endpoint = endpointOf(group, site);
  if (!endpoint) {
    return [
      {
        what: `${site} has no endpoint in ${nameOf(group)}`,
        consequence: `one site serves everybody there; if it fails, nothing can take over`,
        fix: `sitewarden explain ${pair.name} says whether a run took it out; else sitewarden site-online ${pair.name} --reason "..." puts it back`,
      },
    ];
  }
  const unhealthy: Finding[] =
    endpoint.health === 'HEALTHY'
      ? []
      : [
          {
            what: `${site} is ${endpoint.health} in ${nameOf(group)}`,
            consequence: `${site} cannot be kept in a split: the other site would be, or a fence is refused`,
            fix: `find out why the load balancer's health check of ${site} fails`,
          },
        ];
  return [...unhealthy, ...settingsFindings(group, site, { is: endpoint, configured: pair.endpoints[site] })];
}

interface Settings {
  is: EndpointSettings;
  configured?: EndpointSettings;
}

/** A fence removes the endpoint and a return adds it again: from then on it stands as it is configured. */
function settingsFindings(group: EndpointGroup, site: SiteName, { is, configured }: Settings): Finding[] {
  if (!configured) return [];
  const differs: string[] = [];
  if (is.weight !== configured.weight) differs.push(`weight ${is.weight} instead of ${configured.weight}`);
  if (is.clientIpPreservation !== configured.clientIpPreservation) {
    differs.push(
      `client-IP preservation ${onOff(is.clientIpPreservation)} instead of ${onOff(configured.clientIpPreservation)}`,
    );
  }
  if (differs.length === 0) return [];
  const noClients = is.weight === 0 ? `; with weight 0 ${site} is no site to keep` : '';
  return [
    {
      what: `${site} stands in ${nameOf(group)} with ${differs.join(' and ')}`,
      consequence: `a run started without the memory of a fence would bring ${site} back with other settings than it has now${noClients}`,
      fix: `set the endpoint as configured, or correct sites[].endpoint of ${site} in the configuration`,
    },
  ];
}

function dialFindings(group: EndpointGroup): Finding[] {
  if (group.dial > 0) return [];
  return [
    {
      what: `the traffic dial of ${nameOf(group)} is 0`,
      consequence: 'no site counts as one to keep there: a fence is refused',
      fix: 'set the traffic dial above 0',
    },
  ];
}

function foreignFindings(group: EndpointGroup): Finding[] {
  return group.endpoints
    .filter(({ site }) => site === undefined)
    .map(({ endpointId }) => ({
      what: `${nameOf(group)} has an endpoint that is of neither site: ${oneLine(endpointId, 200)}`,
      consequence: 'clients reach something that no fence takes out; if it serves a site, that site is not fenced',
      fix: "take it out of the group, or name it as a site's loadBalancer in the configuration",
    }));
}

/** Advisory for a fence, but a site whose own check fails in peace is not one to move to. */
function healthFindings(observation: Observation, site: SiteName): Finding[] {
  const health = observation.sites[site]?.health;
  if (!health || (known(health) ? health.value === 200 : health.unknown === 'NotObserved')) return [];
  if (!known(health)) return [unreadFinding(`the health URL of ${site}`, health, `${site} may not be able to serve`)];
  return [
    {
      what: `the health URL of ${site} answers ${health.value}`,
      consequence: `${site} says of itself that it cannot serve`,
      fix: `find out at ${site} why`,
    },
  ];
}

function nameOf({ arn, region }: EndpointGroup): string {
  return `the endpoint group ${arn.replace(/^.*\//, '')} (${region})`;
}

function onOff(is: boolean): string {
  return is ? 'on' : 'off';
}
