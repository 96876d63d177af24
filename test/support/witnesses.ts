/** What observers say, as tests of votes need it. */
import type { FailureType } from '../../domain/failure-types';
import type { Observation, Reading } from '../../domain/observation';
import type { Sighting, Sightings, SiteSighting } from '../../domain/sighting';
import type { MajorityPolicy, Observer, SitePair } from '../../domain/site-pair';
import { quorumPolicy } from './gate-policies';
import { now, observed, pair, read, unread, type Seen } from './observations';
import { sighting } from './sightings';

/** The sites that an observer reaches; of each other one it says that nothing came. */
export type Reaching = 'both' | 'site-a' | 'site-b' | 'neither';

export interface Witnessing {
  reaches?: Reaching;
  /** It does not answer. */
  silent?: boolean;
  /** How long ago it looked, by our clock. */
  ageMs?: number;
  isolated?: boolean;
  /** Instead of what `reaches` says. */
  sites?: Readonly<Record<string, SiteSighting>>;
}

const seen = sighting({ 'site-b': 'gone' }).sites;
export const reached = seen['site-a'] as SiteSighting;
export const unreachable = seen['site-b'] as SiteSighting;

export function viewFailing(type: FailureType): SiteSighting {
  return { health: unread('NotObserved'), view: unread(type) };
}

export function said({ reaches = 'both', silent, ageMs = 0, isolated, sites }: Witnessing): Reading<Sighting> {
  if (silent) return unread('ObserverSilent');
  const network = isolated === undefined ? undefined : isolated ? 'isolated' : 'connected';
  const of = (site: 'site-a' | 'site-b') => (reaches === 'both' || reaches === site ? {} : 'gone');
  const told = sighting({ 'site-a': of('site-a'), 'site-b': of('site-b'), network });
  return read({ ...told, seenAt: now - ageMs, sites: sites ?? told.sites });
}

export function withSightings(seen: Seen, witnesses: Readonly<Record<string, Witnessing>>): Observation {
  const sightings: Sightings = Object.fromEntries(
    Object.entries(witnesses).map(([name, witnessing]) => [name, said(witnessing)]),
  );
  return { ...observed(seen), sightings };
}

/** The usual pair with these observers, one vote each unless told otherwise. */
export function witnessed(
  observers: readonly (string | Observer)[],
  { majority = 'decides', preferredSite = 'site-a' }: { majority?: MajorityPolicy; preferredSite?: string | null } = {},
): SitePair {
  return {
    ...pair,
    observers: observers.map((observer) => (typeof observer === 'string' ? { name: observer, votes: 1 } : observer)),
    policy: { ...pair.policy, preferredSite: preferredSite ?? undefined, quorum: quorumPolicy({ majority }) },
  };
}
