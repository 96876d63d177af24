import { known, type Observation } from './observation';
import { otherSite, type SiteName, type SitePair } from './site-pair';

export type Link = 'whole' | 'notWhole' | 'unknown';

/** What one site says of the other: `undefined` when it did not answer. */
export function sees(pair: Pick<SitePair, 'sites'>, observation: Observation, site: SiteName): boolean | undefined {
  const view = observation.sites[site]?.view;
  return view && known(view) ? view.value.sitesView.includes(otherSite(pair, site)) : undefined;
}

/**
 * Whole when both views show the other site; not whole as soon as one answered view lacks it
 * (a one-way break is a break: synchronous backup needs both ways); unknown otherwise.
 */
export function linkOf(pair: Pick<SitePair, 'sites'>, observation: Observation): Link {
  const answers = pair.sites.map((site) => sees(pair, observation, site));
  if (answers.includes(false)) return 'notWhole';
  return answers.every((answer) => answer === true) ? 'whole' : 'unknown';
}
