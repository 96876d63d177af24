/** Cuts that are supposed, and what would be read of a pair with them. Nothing is cut by any of it. */
import type { Observation, Reading, SiteObservation } from './observation';
import { mapReading } from './observation';
import type { Sighting, SiteSighting } from './sighting';
import { otherSite, type Observer, type SiteName, type SitePair } from './site-pair';

/** A site, an observer, the worker that looks, or the accelerator whose health checks decide who gets clients. */
export type Place = string;
export const worker: Place = 'worker';
export const accelerator: Place = 'accelerator';

/** `from` no longer reaches `to`; the other way is a cut of its own. */
export interface Cut {
  from: Place;
  to: Place;
}

export function placesOf({ sites, observers = [] }: SitePair): readonly Place[] {
  return [...sites, ...observers.map(({ name }) => name), worker, accelerator];
}

/** Both ways. */
export function between(one: Place, other: Place): readonly Cut[] {
  return [
    { from: one, to: other },
    { from: other, to: one },
  ];
}

/** One place from all others, both ways. */
export function cutOff(pair: SitePair, place: Place): readonly Cut[] {
  return placesOf(pair)
    .filter((other) => other !== place)
    .flatMap((other) => between(place, other));
}

export function reaches(cuts: readonly Cut[], from: Place, to: Place): boolean {
  return !cuts.some((cut) => cut.from === from && cut.to === to);
}

/** What would be read if this were cut. An observer in a site shares that site's fate: what the site cannot reach, it cannot. */
export function cut(pair: SitePair, observation: Observation, cuts: readonly Cut[]): Observation {
  const both = (one: Place, other: Place) => reaches(cuts, one, other) && reaches(cuts, other, one);
  const { at, traffic, sites, sightings } = observation;
  const groups = mapReading(traffic.groups, (all) =>
    all.map((group) => ({
      ...group,
      endpoints: group.endpoints.map((endpoint) =>
        endpoint.site === undefined || reaches(cuts, accelerator, endpoint.site)
          ? endpoint
          : { ...endpoint, health: 'UNHEALTHY' as const },
      ),
    })),
  );
  const siteSeen = (name: SiteName, site: SiteObservation): SiteObservation =>
    both(worker, name) ? { ...site, view: viewSeen(pair, site.view, name, cuts) } : silent(site, at);
  const isHeard = ({ name, site }: Observer) => both(worker, name) && (site === undefined || both(worker, site));
  const seenBy = (observer: Observer): Reading<Sighting> => {
    const sighting = sightings?.[observer.name];
    if (!sighting || !isHeard(observer)) return { unknown: 'ObserverSilent', at };
    return mapReading(sighting, (seen) => sightingWith(pair, seen, observer, cuts));
  };
  return {
    ...observation,
    traffic: { ...traffic, groups },
    sites: Object.fromEntries(Object.entries(sites).map(([name, site]) => [name, siteSeen(name, site)])),
    ...(pair.observers && {
      sightings: Object.fromEntries(pair.observers.map((observer) => [observer.name, seenBy(observer)])),
    }),
  };
}

function sightingWith(pair: SitePair, seen: Sighting, observer: Observer, cuts: readonly Cut[]): Sighting {
  const { name: place, site: home } = observer;
  const sees = (site: SiteName) =>
    reaches(cuts, place, site) && (home === undefined || home === site || reaches(cuts, home, site));
  const sites = Object.entries(seen.sites).map(([site, { health, view }]): [SiteName, SiteSighting] => [
    site,
    sees(site)
      ? { health, view: viewSeen(pair, view, site, cuts) }
      : { health: unreached(health, 'HealthUnreachable'), view: unreached(view, 'InfinispanUnreachable') },
  ]);
  return { ...seen, sites: Object.fromEntries(sites) };
}

function viewSeen(pair: SitePair, view: SiteObservation['view'], site: SiteName, cuts: readonly Cut[]) {
  const other = otherSite(pair, site);
  if (reaches(cuts, site, other)) return view;
  return mapReading(view, (seen) => ({ ...seen, sitesView: seen.sitesView.filter((one) => one !== other) }));
}

/** A site that says nothing: whatever was asked of it is unknown, and what nobody asked for stays so. */
export function silent(site: SiteObservation, at: number): SiteObservation {
  const silenced = Object.entries(site).map(([leaf, reading]) => {
    const as = leaf === 'health' ? 'HealthUnreachable' : 'InfinispanUnreachable';
    return [leaf, unreached({ ...(reading as Reading<unknown>), at }, as)] as const;
  });
  return Object.fromEntries(silenced) as unknown as SiteObservation;
}

function unreached<T>(reading: Reading<T>, as: 'HealthUnreachable' | 'InfinispanUnreachable'): Reading<T> {
  if ('unknown' in reading && reading.unknown === 'NotObserved') return reading;
  return { unknown: as, at: reading.at };
}
