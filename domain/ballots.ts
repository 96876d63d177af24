/**
 * What each witness's sighting is worth as a vote. A witness votes for the sites that it reaches, and only if it could tell of both:
 * silence, old news and what it did not look at are no votes, and never say that a site is down.
 */
import type { FailureType } from './failure-types';
import { known, readAt, valueOf, type Observation, type Reading } from './observation';
import type { Sighting, SiteSighting } from './sighting';
import type { Observer, SiteName, SitePair } from './site-pair';
import type { Known } from './state';
import { seconds } from './time';

/** `counts`: it votes, for the sites in `reaches`. All others are no votes, and why. */
export type Ballot =
  | { observer: Observer; kind: 'counts'; reaches: readonly SiteName[] }
  | { observer: Observer; kind: 'silent' | 'old' | 'ahead' | 'isolated' }
  | { observer: Observer; kind: 'didNotLook'; at: SiteName }
  /** It says that a site is unreachable which the worker read, and which most of the others that were heard reach. */
  | { observer: Observer; kind: 'contradicted'; about: SiteName };

/** Of every witness that has a vote, in the order of the configuration. */
export function ballotsOf(pair: SitePair, observation: Observation): readonly Ballot[] {
  const heard = witnesses(pair).map((observer) => ballotOf(pair, observation, observer));
  return heard.map((ballot): Ballot => {
    if (ballot.kind !== 'counts') return ballot;
    const { observer } = ballot;
    const about = pair.sites.find(
      (site) => !ballot.reaches.includes(site) && isContradicted(pair, observation, { observer, site }, heard),
    );
    return about === undefined ? ballot : { observer, kind: 'contradicted', about };
  });
}

/**
 * Observers have a say in who is kept, and in nothing else: once that is latched they are asked again only where it may be chosen
 * anew, inside a soak or when the kept site is lost. A guard of days would otherwise ask every five seconds.
 */
export function needsSightings({ roles, phase, keepSiteLostSince }: Known): boolean {
  return roles === undefined || phase === 'soaking' || keepSiteLostSince !== undefined;
}

/** The observers that have a vote. */
export function witnesses({ observers = [] }: Pick<SitePair, 'observers'>): readonly Observer[] {
  return observers.filter(({ votes }) => votes > 0);
}

function ballotOf(pair: SitePair, observation: Observation, observer: Observer): Ballot {
  const reading: Reading<Sighting> | undefined = observation.sightings?.[observer.name];
  if (!reading) return { observer, kind: 'silent' };
  if (!known(reading)) return { observer, kind: reading.unknown === 'ObserverOutOfDate' ? 'old' : 'silent' };
  const { seenAt, sites, network } = reading.value;
  const boundMs = seconds(pair.policy.quorum.staleSeconds);
  // What was read before its observer froze is no younger for having been told just now.
  const readAt = pair.sites.flatMap((site) => (sites[site] ? [sites[site].health.at, sites[site].view.at] : []));
  if (observation.at - Math.min(seenAt, ...readAt) > boundMs) return { observer, kind: 'old' };
  if (seenAt - observation.at > boundMs) return { observer, kind: 'ahead' };
  if (valueOf(network) === 'isolated') return { observer, kind: 'isolated' };
  const reached = pair.sites.map((site) => ({ site, yes: reaches(sites[site], site) }));
  const untold = reached.find(({ yes }) => yes === undefined);
  if (untold) return { observer, kind: 'didNotLook', at: untold.site };
  return { observer, kind: 'counts', reaches: reached.filter(({ yes }) => yes).map(({ site }) => site) };
}

/** Infinispan answered, whatever it answered: so it was reached. */
const answered: ReadonlySet<FailureType> = new Set<FailureType>([
  'InfinispanUnauthorized',
  'InfinispanDenied',
  'InfinispanNotFound',
  'InfinispanFailed',
  'InfinispanIncomplete',
  'InfinispanAnswerUnreadable',
  'InfinispanNotARelay',
]);

/** It was asked, and nothing came. */
const unreached: ReadonlySet<FailureType> = new Set<FailureType>(['InfinispanUnreachable', 'HealthUnreachable']);

/** `undefined` where it did not look, or cannot know whom it looked at. */
function reaches(seen: SiteSighting | undefined, site: SiteName): boolean | undefined {
  if (!seen) return undefined;
  const { health, view } = seen;
  if (known(health)) return true;
  if (known(view)) return view.value.localSite === site ? true : undefined;
  if (answered.has(view.unknown)) return true;
  // Where something else was in the way, as a certificate that is not trusted, that nothing came says nothing of the site.
  const asked = [health.unknown, view.unknown].filter((type) => type !== 'NotObserved');
  return asked.length > 0 && asked.every((type) => unreached.has(type)) ? false : undefined;
}

/**
 * Read whole by the worker, and reached by more than half of the other votes that were heard, of witnesses that miss no site
 * themselves: two that each miss another site do not silence each other. A witness alone is contradicted by nobody.
 */
function isContradicted(
  { sites }: SitePair,
  observation: Observation,
  { observer, site }: { observer: Observer; site: SiteName },
  heard: readonly Ballot[],
): boolean {
  if (!isReadWhole(observation, site)) return false;
  const others = heard.flatMap((one) => (one.kind === 'counts' && one.observer !== observer ? [one] : []));
  const votesOf = (those: typeof others) => those.reduce((sum, { observer: { votes } }) => sum + votes, 0);
  return votesOf(others.filter((other) => other.reaches.length === sites.length)) * 2 > votesOf(others);
}

/** The worker itself read its view and its replication. */
function isReadWhole(observation: Observation, site: SiteName): boolean {
  return readAt(observation, site, 'view') !== undefined && readAt(observation, site, 'backups') !== undefined;
}

/** In words, without times: equal situations read equal. */
export function sayBallot(ballot: Ballot): string {
  const { name } = ballot.observer;
  switch (ballot.kind) {
    case 'counts':
      return `${name} reaches ${sayReached(ballot.reaches)}`;
    case 'silent':
      return `${name} is silent, which says nothing of any site`;
    case 'old':
      return `what ${name} saw is too old to count`;
    case 'ahead':
      return `the clock of ${name} is ahead of ours, so its sighting does not count`;
    case 'isolated':
      return `${name} says that it is itself isolated, so its sighting does not count`;
    case 'didNotLook':
      return `${name} could not tell of ${ballot.at}, so it does not vote`;
    case 'contradicted':
      return `${name} says that ${ballot.about} is unreachable, which the worker read and most other witnesses reach: not counted`;
  }
}

function sayReached(sites: readonly SiteName[]): string {
  if (sites.length === 0) return 'neither site';
  return sites.length === 1 ? `${sites[0]} only` : 'both sites';
}
