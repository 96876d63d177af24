import { known, type Endpoint, type EndpointGroup, type Observation } from './observation';
import type { SiteName } from './site-pair';

/** The endpoint groups as read this round; `undefined` when they could not be read. */
export function groupsOf(observation: Observation): readonly EndpointGroup[] | undefined {
  return known(observation.traffic.groups) ? observation.traffic.groups.value : undefined;
}

/** The endpoint groups as read this round; none where they could not be read. */
export function groupsOrNone(observation: Observation): readonly EndpointGroup[] {
  return groupsOf(observation) ?? [];
}

export function endpointOf(group: EndpointGroup, site: SiteName): Endpoint | undefined {
  return group.endpoints.find((endpoint) => endpoint.site === site);
}

/** Whether Global Accelerator has a group that sends clients to the site: present, and not read UNHEALTHY. */
export function isServedBy(groups: readonly EndpointGroup[], site: SiteName): boolean {
  return groups.some((group) => {
    const endpoint = endpointOf(group, site);
    return endpoint !== undefined && endpoint.health !== 'UNHEALTHY';
  });
}

export function groupsHolding(groups: readonly EndpointGroup[], site: SiteName): readonly EndpointGroup[] {
  return groups.filter((group) => endpointOf(group, site) !== undefined);
}

/**
 * Whether clients can be sent to the site. Presence alone counts: with no healthy endpoint of positive weight
 * Global Accelerator ignores weights and dials (developer guide, "How Global Accelerator handles unhealthy endpoints").
 */
export function isAdmitted(groups: readonly EndpointGroup[], site: SiteName): boolean {
  return groupsHolding(groups, site).length > 0;
}
