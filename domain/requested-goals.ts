/**
 * What people ask of a pair that this run has not touched: to synchronize a fenced site, or to take one out as planned and
 * back. Refused with the reason as it is read now; nothing is touched by a refusal.
 */
import { linkOf } from './link';
import type { Observation } from './observation';
import { refusal, type Refusal } from './refusals';
import { rolesForSplit } from './roles';
import { otherSite, type SiteName, type SitePair } from './site-pair';
import type { Planned, Roles, RunState } from './state';
import type { GoalRequest, HeardRequest } from './heard';
import { endpointOf, groupsHolding, groupsOf, groupsOrNone, isAdmitted } from './traffic';
import { allAttached, detachedCaches, type Verdict } from './verdict';

export type WayGoal = 'synchronize' | 'siteOnline' | 'siteOffline';

const wayGoals: readonly string[] = ['synchronize', 'siteOnline', 'siteOffline'] satisfies readonly WayGoal[];

export function isWayGoal(goal: GoalRequest['goal']): goal is WayGoal {
  return wayGoals.includes(goal);
}

/** The first request of that kind that was not refused. */
export function requestedWay(state: RunState): (HeardRequest & { goal: WayGoal }) | undefined {
  return state.heard.requests.find(
    (request): request is HeardRequest & { goal: WayGoal } =>
      isWayGoal(request.goal) && !request.refused && !state.known.refusedRequests[request.id],
  );
}

export type WayChoice = { roles: Roles; planned?: Planned } | { refusal: Refusal; passing: boolean };

interface Reading {
  pair: SitePair;
  state: RunState;
  observation: Observation;
  verdict: Verdict;
}

/** The roles that follow from the request, or why it cannot be followed; `passing`: a later read may well decide it. */
export function rolesForWay(reading: Reading, request: HeardRequest & { goal: WayGoal }): WayChoice {
  const { pair, observation } = reading;
  const groups = groupsOf(observation);
  if (!groups) return { refusal: refusal('TrafficUnknown'), passing: true };
  const unread = pair.sites.find((site) => detachedCaches(observation, site) === undefined);
  if (unread !== undefined) {
    return { refusal: refusal('ReplicationUnknown', `The replication of ${unread} could not be read.`), passing: true };
  }
  const out = pair.sites.filter((site) => !isAdmitted(groups, site));
  if (request.goal === 'synchronize') return rolesForSynchronize(reading, out, request.by);
  const site = request.site;
  if (site === undefined || !pair.sites.includes(site)) {
    const message = `${pair.name} has no site "${site ?? ''}"; it has ${pair.sites.join(' and ')}.`;
    return { refusal: refusal('SiteUnknown', message), passing: false };
  }
  const asked = { ...request, site };
  return asked.goal === 'siteOnline' ? rolesForOnline(reading, out, asked) : rolesForOffline(reading, asked);
}

function rolesForSynchronize(reading: Reading, out: readonly SiteName[], by: string): WayChoice {
  const { pair, state, observation, verdict } = reading;
  // Also where both replicate: a site that restarted while it was out is empty, and one that differs is not let in.
  if (out.length !== 1) {
    return { refusal: refusal('NotFenced', `No site of ${pair.name} is fenced: ${verdict.because}.`), passing: false };
  }
  const choice = rolesForSplit(pair, state, observation, verdict);
  if ('refusal' in choice) return choice;
  return { roles: { ...choice.roles, because: `${by} asked to synchronize ${choice.roles.staleSite}` } };
}

function rolesForOnline(
  { pair, observation }: Reading,
  out: readonly SiteName[],
  { site, by }: GoalRequest & { site: SiteName },
): WayChoice {
  const keepSite = otherSite(pair, site);
  // A return that ended between two groups is taken up where it ended.
  const isMissing = groupsHolding(groupsOrNone(observation), keepSite).some((group) => !endpointOf(group, site));
  if (!out.includes(site) && !isMissing) {
    return { refusal: refusal('SiteServes', `${site} is in traffic already.`), passing: false };
  }
  if (out.includes(keepSite)) {
    const message = `Neither ${site} nor ${keepSite} is in traffic: say which one is to be kept, by hand.`;
    return { refusal: refusal('NoEligibleSite', message), passing: false };
  }
  const link = linkOf(pair, observation);
  const split = pair.sites.find((one) => !allAttached(observation, one));
  if (split !== undefined) {
    const message = `${split} does not replicate every cache to ${otherSite(pair, split)}, so ${site} cannot come back before it is synchronized: sitewarden synchronize ${pair.name} --reason "...".`;
    return { refusal: refusal('NotSynchronized', message), passing: false };
  }
  if (link !== 'whole') {
    const message = `The link is not read whole, so ${site} cannot come back now.`;
    return { refusal: refusal('SplitOpen', message), passing: link === 'unknown' };
  }
  return { roles: { keepSite, staleSite: site, because: `${by} asked to bring ${site} back` }, planned: 'online' };
}

function rolesForOffline({ pair, verdict }: Reading, { site, by }: GoalRequest & { site: SiteName }): WayChoice {
  if (verdict.kind === 'healthy') {
    const keepSite = otherSite(pair, site);
    return { roles: { keepSite, staleSite: site, because: `${by} asked to take ${site} out` }, planned: 'offline' };
  }
  const split = ['partition', 'siteDown', 'diverging'].includes(verdict.kind);
  const message = split
    ? `${verdict.because}: in a split nothing is taken out as planned. Look which site is to stay, and fence the other one: sitewarden fence ${pair.name} --site <the one to leave> --reason "...".`
    : `The pair is not healthy (${verdict.because}), so ${site} is not taken out.`;
  return { refusal: refusal(split ? 'SplitOpen' : 'NotHealthy', message), passing: verdict.kind === 'inconclusive' };
}

/** Why a request of that kind cannot join a run; what was said and latched decides, not the world. */
export function wayRefusal(state: RunState, { goal, site }: GoalRequest & { goal: WayGoal }): Refusal | undefined {
  const { roles, phase } = state.known;
  const first = state.heard.requests.length === 0 && state.goal === goal;
  if (goal !== 'synchronize' && !site) return refusal('SiteUnknown', 'Say which site.');
  if (first) return undefined;
  if (goal === 'siteOffline') {
    const message = `${state.pair} has an open run (${state.incident}); look at its status first.`;
    return refusal('RunOpen', message);
  }
  if (!roles) {
    const message = `The open run (${state.incident}) has not fenced anything.`;
    return refusal(goal === 'synchronize' ? 'NotFenced' : 'NotSynchronized', message);
  }
  if (goal === 'synchronize') return undefined;
  if (site !== roles.staleSite) return refusal('SiteServes', `${site} is the site that is kept, and serves.`);
  if (['synchronized', 'admitting', 'soaking'].includes(phase)) return undefined;
  const message = `${site} is not synchronized yet (${phase}); it cannot come back before every key and value compared equal.`;
  return refusal('NotSynchronized', message);
}
