import type { SitewardenConfig } from '../../config';

/** What an alert may call a pair by, and the sites it may speak of. */
export interface AlertPair {
  name: string;
  sites: readonly [string, string];
  /** DNS name and ARN, in the form of `acceleratorKey`. */
  accelerators: readonly string[];
}

/** The pairs of a configuration as alerts know them. */
export function alertPairs(config: Pick<SitewardenConfig, 'sitePairs'>): AlertPair[] {
  return config.sitePairs.map(({ name, sites, traffic }) => {
    const { dnsName, arn, endpointGroups = [] } = traffic.globalAccelerator;
    const names = [dnsName, arn, ...endpointGroups].filter((value) => value !== undefined);
    return { name, sites: [sites[0].name, sites[1].name], accelerators: [...new Set(names.map(acceleratorKey))] };
  });
}

/**
 * One form for all names of an accelerator of one kind: lower case, no dot at the end, `x.dualstack.awsglobalaccelerator.com`
 * as `x.awsglobalaccelerator.com`, and the ARN of an endpoint group as that of its accelerator.
 */
export function acceleratorKey(name: string): string {
  return name
    .toLowerCase()
    .replace(/\.$/, '')
    .replace('.dualstack.', '.')
    .replace(/\/listener\/.*$/, '');
}
