import { linkOf } from './link';
import { readAt, type Observation } from './observation';
import type { SitePair } from './site-pair';

/**
 * What a green health check is worth while the link is not whole, or `undefined` where there is nothing to say. A health URL asks
 * one site about itself: Keycloak's stay 200 on both sides of a split (measured). No verdict goes by them.
 */
export function healthNote(pair: Pick<SitePair, 'sites'>, observation: Observation): string | undefined {
  if (linkOf(pair, observation) === 'whole') return undefined;
  const green = pair.sites.filter((site) => readAt(observation, site, 'health') === 200);
  return green.length === 0 ? undefined : `health 200 of ${green.join(' and ')} says nothing about the link`;
}
