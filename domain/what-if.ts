/**
 * What would be decided if something were cut, by the rules that decide in a split. Looks at nothing and touches nothing.
 * A pair is taken as it is in peace time, and then the cuts are made.
 */
import { cut, type Cut } from './cuts';
import type { HeuristicReadings } from './heuristics';
import type { BackupStatus, Endpoint, EndpointHealth, Observation, Reading, SiteObservation } from './observation';
import type { Refusal } from './refusals';
import { rolesForSplit } from './roles';
import type { Sighting } from './sighting';
import { otherSite, type SiteName, type SitePair } from './site-pair';
import { newRunState, type Roles, type RunState } from './state';
import { verdictOf, type Verdict } from './verdict';
import { votingOf, type Voting } from './voting';

export interface WhatIf {
  verdict: Verdict;
  voting: Voting;
  /** `nothing`: no split is read, by the verdict; `first`: the site whose alert is heard first. */
  answer:
    { kind: 'keeps'; roles: Roles } | { kind: 'refuses'; refusal: Refusal } | { kind: 'first' } | { kind: 'nothing' };
}

export interface Cutting {
  cuts: readonly Cut[];
  /** As Global Accelerator would say it of a site that its health checks reach. */
  health?: Readonly<Record<SiteName, EndpointHealth>>;
  /** Of sites that have scored checks: what they score. Those of others are taken as unknown. */
  scores?: Readonly<Record<SiteName, number>>;
}

/** What would be decided once votes were counted as often as they are. */
export function whatIf(configured: SitePair, cutting: Cutting): WhatIf {
  const pair = cutting.scores ? scoredAs(configured, cutting.scores) : configured;
  const observation = cut(pair, peaceOf(pair, cutting), cutting.cuts);
  const verdict = verdictOf(pair, observation);
  const choice = rolesForSplit(pair, countedOut(pair), observation, verdict);
  const isSplit = verdict.kind === 'partition' || verdict.kind === 'siteDown';
  const kept = 'roles' in choice ? choice.roles.keepSite : undefined;
  const voting = votingOf(pair, observation, kept);
  if (!isSplit) return { verdict, voting, answer: { kind: 'nothing' } };
  if ('roles' in choice) return { verdict, voting, answer: { kind: 'keeps', roles: choice.roles } };
  if (choice.refusal.code === 'KeepSiteUndecided') return { verdict, voting, answer: { kind: 'first' } };
  return { verdict, voting, answer: { kind: 'refuses', refusal: choice.refusal } };
}

function countedOut({ name, policy }: SitePair): RunState {
  const state = newRunState({ pair: name, goal: 'protect', incident: 'what-if', startedAt: 0 });
  return { ...state, known: { ...state.known, vote: { retries: policy.quorum.retries, at: 0 } } };
}

/** What would be read of the pair if all were well. */
function peaceOf(pair: SitePair, { health = {}, scores = {} }: Cutting): Observation {
  const endpoints = pair.sites.map((site): Endpoint => {
    const { weight, clientIpPreservation } = pair.endpoints[site] ?? { weight: 128, clientIpPreservation: false };
    return { site, endpointId: site, weight, health: health[site] ?? 'HEALTHY', clientIpPreservation };
  });
  const seen = { seenAt: 0, sites: perSite(pair, () => ({ health: value(200), view: unread })) };
  const sighting: Sighting = { ...seen, accelerator: unread, network: unread };
  const heuristics = Object.keys(scores).map((site) => [site, { [given]: value('passed'), [rest]: value('failed') }]);
  return {
    at: 0,
    tookMs: 0,
    traffic: { status: value('DEPLOYED'), groups: value([{ arn: 'group', region: 'region', dial: 100, endpoints }]) },
    sites: perSite(pair, (site) => siteInPeace(pair, site)),
    ...(pair.observers && {
      sightings: Object.fromEntries(pair.observers.map(({ name }) => [name, value(sighting)])),
    }),
    ...(heuristics.length > 0 && { heuristics: Object.fromEntries(heuristics) as HeuristicReadings }),
  };
}

function siteInPeace(pair: SitePair, site: SiteName): SiteObservation {
  const backups = Object.fromEntries(pair.caches.map((cache): [string, BackupStatus] => [cache, 'online']));
  return {
    view: value({ localSite: site, sitesView: [site, otherSite(pair, site)], members: [] }),
    startedAt: unread,
    backups: value(backups),
    sizes: unread,
    cluster: unread,
    pushes: unread,
    stores: unread,
    application: unread,
    health: value(200),
  };
}

function perSite<T>({ sites }: SitePair, of: (site: SiteName) => T): Readonly<Record<SiteName, T>> {
  return Object.fromEntries(sites.map((site) => [site, of(site)]));
}

const unread: Reading<never> = { unknown: 'NotObserved', at: 0 };

function value<T>(of: T): Reading<T> {
  return { value: of, at: 0 };
}

const given = 'as given';
const rest = 'the rest';

/** The pair as if each of these sites had one check that is worth the score that is given, and one for all that is missing. */
function scoredAs(pair: SitePair, scores: Readonly<Record<SiteName, number>>): SitePair {
  const { heuristics = {} } = pair;
  const scored = Object.entries(heuristics).map(([site, configured]) => {
    const score = scores[site];
    const total = Object.values(configured.checks).reduce((sum, one) => sum + one, 0);
    return [
      site,
      score === undefined ? configured : { ...configured, checks: { [given]: score, [rest]: total - score } },
    ];
  });
  return { ...pair, heuristics: Object.fromEntries(scored) as NonNullable<SitePair['heuristics']> };
}
