/**
 * What a verdict rests on: who saw what, when, and how much it counts. It is shown, and decides nothing.
 */
import { ballotsOf, sayBallot } from './ballots';
import { sayScore, scores, type SiteScore } from './heuristics';
import { sees } from './link';
import { known, type EndpointGroup, type Observation, type Reading } from './observation';
import type { Sighting, SiteSighting } from './sighting';
import { otherSite, type SiteName, type SitePair } from './site-pair';
import type { RunState } from './state';
import { duration, type EpochMs } from './time';
import { isAdmitted } from './traffic';
import { votesOf } from './roles';
import type { Verdict } from './verdict';
import { hasWitness, sayCount, type Voting } from './voting';

/** What one place tells of the pair. */
export interface Testimony {
  /** `site-a`, `observer third`, or `Sitewarden` for what its worker reads by itself. */
  by: string;
  /** What its word counts; 0 for what is read and has no vote. */
  votes: number;
  /** False of a place that did not tell anything: its votes are counted for nobody. */
  heard: boolean;
  /** What it saw, and what it could not see, in one line. */
  says: string;
  /** When the oldest part of it was seen, by the clock of who asked. */
  at: EpochMs;
}

export interface Evidence {
  testimonies: readonly Testimony[];
  /** Why the verdict follows, in one sentence. */
  conclusion: string;
}

/** Each site speaks for itself by its view of the other one. */
const votesOfASite = 1;

/**
 * `undefined` of a pair without observers and scored checks: its sites are all there is, and the verdict says what they say.
 * @param state Of the run that looks: its votes are told as it counts them.
 */
export function evidenceOf(
  pair: SitePair,
  observation: Observation,
  verdict: Verdict,
  state?: RunState,
): Evidence | undefined {
  const { observers = [] } = pair;
  if (observers.length === 0 && !pair.heuristics) return undefined;
  const testimonies = [
    ...pair.sites.map((site) => ofSite(pair, observation, site)),
    ...scores(pair, observation).map((score) => ofChecks(score, observation)),
    ...observers.map(({ name, votes }) => ofObserver(pair, { name, votes }, observation)),
    ofWorker(pair, observation),
  ];
  const votes = isSplit(verdict) && hasWitness(pair) ? votesOf(pair, observation, state) : undefined;
  return { testimonies, conclusion: conclusionOf(verdict, testimonies, votes) };
}

/** `site-a (1 vote, 0.3 s old): does not see site-b`. */
export function sayTestimony({ by, votes, says, at }: Testimony, now: EpochMs): string {
  return `${by} (${sayVotes(votes)}, ${duration(Math.max(0, now - at))} old): ${says}`;
}

export function sayVotes(votes: number): string {
  if (votes === 0) return 'no vote';
  return votes === 1 ? '1 vote' : `${votes} votes`;
}

function isSplit({ kind }: Verdict): boolean {
  return kind === 'partition' || kind === 'siteDown' || kind === 'diverging';
}

function conclusionOf(
  { kind, because }: Verdict,
  testimonies: readonly Testimony[],
  votes: Voting | undefined,
): string {
  const sum = (some: readonly Testimony[]): number => some.reduce((all, one) => all + one.votes, 0);
  const heard = sum(testimonies.filter((one) => one.heard));
  const counted = votes ? [sayCount(votes)] : [];
  const told = `${heard} of ${sum(testimonies)} configured votes were heard`;
  return [`${kind}, because ${because}`, ...counted, told].join('; ');
}

/** The checks of one site together, as old as the oldest of them. */
function ofChecks(score: SiteScore, { heuristics = {}, at }: Observation): Testimony {
  const readings = Object.entries(heuristics[score.site] ?? {});
  const each = readings.map(([name, reading]) => `${name} ${known(reading) ? reading.value : 'unknown'}`);
  const says = [sayScore(score), ...each].join('; ');
  return {
    by: `checks of ${score.site}`,
    votes: 0,
    heard: readings.length > 0,
    says,
    at: Math.min(at, ...readings.map(([, reading]) => reading.at)),
  };
}

function ofSite(pair: SitePair, observation: Observation, site: SiteName): Testimony {
  const { view } = siteOf(observation.sites, site);
  const other = otherSite(pair, site);
  const sight = sees(pair, observation, site) === true ? `sees ${other}` : `does not see ${other}`;
  const says = known(view) ? sight : `its view ${notSeen(view)}`;
  return { by: site, votes: votesOfASite, heard: known(view), says, at: view.at };
}

function ofWorker(pair: SitePair, observation: Observation): Testimony {
  const { groups } = observation.traffic;
  const health = pair.sites.map((site) => sayHealth(site, siteOf(observation.sites, site).health));
  const says = [sayTraffic(pair, groups), ...health].join('; ');
  return { by: 'Sitewarden', votes: 0, heard: true, says, at: groups.at };
}

function sayTraffic(pair: SitePair, groups: Reading<readonly EndpointGroup[]>): string {
  if (!known(groups)) return `Global Accelerator ${notSeen(groups)}`;
  const inTraffic = pair.sites.filter((site) => isAdmitted(groups.value, site));
  return `${inTraffic.length === 0 ? 'neither site' : inTraffic.join(' and ')} in traffic`;
}

function sayHealth(site: SiteName, health: Reading<number>): string {
  return known(health) ? `health of ${site} ${health.value}` : `health of ${site} ${notSeen(health)}`;
}

function ofObserver(
  pair: SitePair,
  { name, votes }: { name: string; votes: number },
  observation: Observation,
): Testimony {
  const { sightings, at } = observation;
  const sighting = sightings?.[name];
  const by = `observer ${name}`;
  if (!sighting || !known(sighting)) {
    const why = sighting ? ` (${sighting.unknown})` : '';
    return { by, votes, heard: false, says: `said nothing${why}, which speaks for nobody`, at: sighting?.at ?? at };
  }
  const { value } = sighting;
  const sites = pair.sites.map((site) => saySite(pair, site, siteOf(value.sites, site)));
  const ballot = ballotsOf(pair, observation).find(({ observer }) => observer.name === name);
  const worthless = ballot && ballot.kind !== 'counts' ? [sayBallot(ballot)] : [];
  const says = [...sites, ...sayRest(value), ...worthless].join('; ');
  return { by, votes, heard: true, says, at: sighting.at - ageMs(value) };
}

/** By the observer's own clock alone: that of whoever asked may be another. */
function ageMs({ seenAt, sites, accelerator, network }: Sighting): number {
  const ofSites = Object.values(sites).flatMap(({ health, view }): Reading<unknown>[] => [health, view]);
  const parts: Reading<unknown>[] = [accelerator, network, ...ofSites];
  return Math.max(0, ...parts.filter((part) => known(part)).map(({ at }) => seenAt - at));
}

/** Every observation and every sighting tells of both sites of its pair, if only that nothing is known. */
function siteOf<T>(sites: Readonly<Record<SiteName, T>>, site: SiteName): T {
  return sites[site] as T;
}

function saySite(pair: SitePair, site: SiteName, { health, view }: SiteSighting): string {
  const other = otherSite(pair, site);
  if (!known(health) && !known(view)) return `could not see ${site} (${unseen([health, view])})`;
  const reached = known(health) ? `, health ${health.value}` : '';
  const sight = known(view)
    ? `which ${view.value.sitesView.includes(other) ? 'sees' : 'does not see'} ${other}`
    : `whose view ${notSeen(view)}`;
  return `reaches ${site}${reached}, ${sight}`;
}

function sayRest({ accelerator, network }: Sighting): string[] {
  return [...ifAsked('accelerator', accelerator), ...ifAsked('its own network', network)];
}

/** What nothing was configured for is not worth a word. */
function ifAsked(what: string, reading: Reading<string | number>): string[] {
  if (known(reading)) return [`${what} ${reading.value}`];
  return reading.unknown === 'NotObserved' ? [] : [`${what} ${notSeen(reading)}`];
}

type Unread = Extract<Reading<never>, { unknown: unknown }>;

function notSeen({ unknown }: Unread): string {
  return `could not be read (${unknown})`;
}

/** Where there is no health URL, that nothing was read there says nothing. */
function unseen(readings: readonly Unread[]): string {
  const codes = new Set(readings.map(({ unknown }) => unknown));
  if (codes.size > 1) codes.delete('NotObserved');
  return [...codes].join(', ');
}
