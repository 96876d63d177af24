import type { Sighting, SiteSighting } from '../../domain/sighting';
import { now } from './observations';

/** What an observer saw of a site; `gone`: it did not answer. */
export type SeenSite = { health?: number; sees?: boolean } | 'gone';

export interface SeenByObserver {
  'site-a'?: SeenSite;
  'site-b'?: SeenSite;
  accelerator?: number;
  network?: 'connected' | 'isolated';
}

/** By default: both sites answer, and see each other. */
export function sighting(seen: SeenByObserver = {}): Sighting {
  const { accelerator, network } = seen;
  return {
    seenAt: now,
    sites: { 'site-a': site('site-a', seen['site-a']), 'site-b': site('site-b', seen['site-b']) },
    accelerator: accelerator === undefined ? { unknown: 'NotObserved', at: now } : { value: accelerator, at: now },
    network: network === undefined ? { unknown: 'NotObserved', at: now } : { value: network, at: now },
  };
}

function site(name: string, seen: SeenSite = {}): SiteSighting {
  if (seen === 'gone') {
    return { health: { unknown: 'HealthUnreachable', at: now }, view: { unknown: 'InfinispanUnreachable', at: now } };
  }
  const { health = 200, sees = true } = seen;
  const sitesView = sees ? ['site-a', 'site-b'] : [name];
  return {
    health: { value: health, at: now },
    view: { value: { localSite: name, sitesView, members: [`${name}-1`] }, at: now },
  };
}
