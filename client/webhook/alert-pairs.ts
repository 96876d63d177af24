import type { SitewardenConfig } from '../../config';
import { acceleratorKey } from '../../domain/accelerator-name';

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
