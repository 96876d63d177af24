import { heardInOrder } from './alerting';
import { isPassing, keepSiteObstacle } from './eligibility';
import type { Observation } from './observation';
import { refusal, type Refusal } from './refusals';
import type { Roles, RunState } from './state';
import { otherSite, type SiteName, type SitePair } from './site-pair';
import { endpointOf, groupsOf, isAdmitted } from './traffic';
import { allAttached, type Verdict } from './verdict';

/** Who stays and who is fenced; or why that cannot be said. `passing`: a later read may well decide it. */
export type RoleChoice = { roles: Roles } | { refusal: Refusal; passing: boolean };

/**
 * The roles that a person fixed by naming the site to fence.
 * Invariant: a site is chosen to stay only if it is keep-eligible this round.
 */
export function rolesForRequest(observation: Observation, pair: SitePair, staleSite: SiteName, by: string): RoleChoice {
  if (!pair.sites.includes(staleSite)) {
    return {
      refusal: refusal('SiteUnknown', `${pair.name} has no site "${staleSite}"; it has ${pair.sites.join(' and ')}.`),
      passing: false,
    };
  }
  const keepSite = otherSite(pair, staleSite);
  const obstacle = keepSiteObstacle(observation, { keepSite, staleSite });
  if (obstacle) return { refusal: obstacle, passing: isPassing(obstacle, observation, keepSite) };
  return { roles: { keepSite, staleSite, because: `${by} asked to fence ${staleSite}` } };
}

/**
 * The roles that follow from what is read: the only admitted site, else the one that is already detached from its rival,
 * else the only eligible one, else the preferred one, else the reporter that was heard first.
 */
export function rolesForSplit(pair: SitePair, state: RunState, observation: Observation, verdict: Verdict): RoleChoice {
  const adopted = onlyAdmitted(pair, observation);
  const candidates = (adopted === undefined ? pair.sites : [adopted]).map((keepSite) => ({
    keepSite,
    obstacle: keepSiteObstacle(observation, { keepSite, staleSite: otherSite(pair, keepSite) }),
  }));
  const [first, second] = candidates.filter(({ obstacle }) => !obstacle).map(({ keepSite }) => keepSite);
  if (first === undefined) return noneEligible(pair, state, observation, candidates.filter(isObstructed));
  if (second === undefined) return choose(pair, first, `${verdict.because}; only ${first} can be kept`);
  return tieBreak(pair, state, observation, verdict);
}

interface Candidate {
  keepSite: SiteName;
  obstacle?: Refusal;
}
type Obstructed = Required<Candidate>;

function isObstructed(candidate: Candidate): candidate is Obstructed {
  return candidate.obstacle !== undefined;
}

function onlyAdmitted(pair: SitePair, observation: Observation): SiteName | undefined {
  const groups = groupsOf(observation) ?? [];
  const admitted = pair.sites.filter((site) => isAdmitted(groups, site));
  return admitted.length === 1 ? admitted[0] : undefined;
}

function tieBreak(pair: SitePair, state: RunState, observation: Observation, verdict: Verdict): RoleChoice {
  const detachers = pair.sites.filter((site) => !allAttached(observation, site));
  const [detacher] = detachers;
  if (detacher !== undefined && detachers.length === 1) {
    return choose(pair, detacher, `${verdict.because}; ${detacher} already writes without its rival`);
  }
  if (pair.policy.preferredSite !== undefined) {
    return choose(pair, pair.policy.preferredSite, `${verdict.because}; ${pair.policy.preferredSite} is preferred`);
  }
  const reporter = firstReporter(pair, state);
  if (reporter !== undefined) return choose(pair, reporter, `${verdict.because}; ${reporter} was heard first`);
  return { refusal: refusal('KeepSiteUndecided'), passing: false };
}

/** The site whose alert was heard first; alerts of others than the pair's sites decide nothing. */
function firstReporter(pair: SitePair, state: RunState): SiteName | undefined {
  return heardInOrder(state).find(({ reporter }) => pair.sites.includes(reporter))?.reporter;
}

function choose(pair: SitePair, keepSite: SiteName, because: string): RoleChoice {
  return { roles: { keepSite, staleSite: otherSite(pair, keepSite), because } };
}

/** @param obstacles Of every site that could have been kept: at least one. */
function noneEligible(
  pair: SitePair,
  state: RunState,
  observation: Observation,
  obstacles: readonly Obstructed[],
): RoleChoice {
  const reporter = firstReporter(pair, state);
  const passing = obstacles.some(({ keepSite, obstacle }) => isPassing(obstacle, observation, keepSite));
  if (reporter !== undefined && isUnhealthy(observation, reporter)) {
    const other = otherSite(pair, reporter);
    return {
      refusal: refusal(
        'ReporterUnhealthy',
        `${reporter} reports ${other} offline, but ${reporter}'s own endpoint is unhealthy: fencing ${other} would leave only a sick site.`,
      ),
      passing,
    };
  }
  const { obstacle } = obstacles.reduce((first, each) => (each.keepSite === reporter ? each : first));
  return { refusal: obstacle, passing };
}

function isUnhealthy(observation: Observation, site: SiteName): boolean {
  return (groupsOf(observation) ?? []).some((group) => endpointOf(group, site)?.health === 'UNHEALTHY');
}
