import { heardInOrder } from './alerting';
import { isPassing, keepSiteObstacle } from './eligibility';
import { tieWinner } from './heuristics';
import type { Observation } from './observation';
import { refusal, type Refusal } from './refusals';
import type { Roles, RunState } from './state';
import { otherSite, type SiteName, type SitePair } from './site-pair';
import { endpointOf, groupsOf, isAdmitted } from './traffic';
import { allAttached, type Verdict } from './verdict';
import { hasWitness, sayVoting, votingOf, type Voting } from './voting';

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
 * The roles that follow from what is read: the only admitted site, else the only eligible one, else the one that is already detached
 * from its rival, else the one with the majority of the votes, else the one that its checks do not speak against, else the preferred
 * one, else the reporter that was heard first. By policy the majority comes after the preferred site, or nothing is chosen without it.
 */
export function rolesForSplit(pair: SitePair, state: RunState, observation: Observation, verdict: Verdict): RoleChoice {
  const adopted = onlyAdmitted(pair, observation);
  const candidates = candidatesOf(pair, observation, adopted);
  const [first, second] = eligible(candidates);
  if (first === undefined) return noneEligible(pair, state, observation, candidates.filter(isObstructed));
  if (adopted !== undefined) return choose(pair, first, `${verdict.because}; only ${first} can be kept`);
  const splitting = { pair, state, observation, verdict };
  return ifQuorate(splitting, second === undefined ? onlyEligible(splitting, first) : tieBreak(splitting));
}

/** Whether both sites could be kept, and what decides between them is a majority that there is not. */
export function lacksMajority(pair: SitePair, state: RunState, observation: Observation): boolean {
  if (!hasWitness(pair) || onlyAdmitted(pair, observation) !== undefined) return false;
  if (eligible(candidatesOf(pair, observation, undefined)).length < 2 || detacherOf(pair, observation)) return false;
  const { named, inDoubt } = tieOf({ pair, state, observation });
  if (pair.policy.quorum.majority === 'advises' && named) return false;
  return votingOf(pair, observation, inDoubt?.site).winner === undefined;
}

/** By policy no site is kept, unless a person says so, without the majority of the votes. */
export function mayKeep(pair: SitePair, observation: Observation, keepSite: SiteName): boolean {
  return pair.policy.quorum.majority !== 'required' || votingOf(pair, observation, keepSite).winner === keepSite;
}

/** The count as it would be if the roles were chosen on this look; without a run, before any alert was heard. */
export function votesOf(pair: SitePair, observation: Observation, state?: RunState): Voting {
  const [first, second] = eligible(candidatesOf(pair, observation, undefined));
  const inDoubt = second === undefined ? first : tieOf({ pair, state, observation }).inDoubt?.site;
  return votingOf(pair, observation, inDoubt);
}

interface Splitting {
  pair: SitePair;
  state: RunState;
  observation: Observation;
  verdict: Verdict;
}

function candidatesOf(pair: SitePair, observation: Observation, adopted: SiteName | undefined): readonly Candidate[] {
  return (adopted === undefined ? pair.sites : [adopted]).map((keepSite) => ({
    keepSite,
    obstacle: keepSiteObstacle(observation, { keepSite, staleSite: otherSite(pair, keepSite) }),
  }));
}

function eligible(candidates: readonly Candidate[]): readonly SiteName[] {
  return candidates.filter(({ obstacle }) => !obstacle).map(({ keepSite }) => keepSite);
}

function onlyEligible({ pair, observation, verdict }: Splitting, keepSite: SiteName): RoleChoice {
  const votes = hasWitness(pair) ? `; ${sayVoting(votingOf(pair, observation, keepSite))}` : '';
  return choose(pair, keepSite, `${verdict.because}; only ${keepSite} can be kept${votes}`);
}

/** What the policy requires is asked of whatever was chosen; it takes a choice away and never makes one. */
function ifQuorate({ pair, observation }: Splitting, choice: RoleChoice): RoleChoice {
  if ('refusal' in choice || mayKeep(pair, observation, choice.roles.keepSite)) return choice;
  const { keepSite } = choice.roles;
  const voting = votingOf(pair, observation, keepSite);
  const said = hasWitness(pair) ? sayVoting(voting) : 'the pair has no witness with a vote';
  const [code, why] =
    voting.winner === undefined
      ? (['NoQuorum', `A quorum is required and there is none: ${said}. Nothing is fenced.`] as const)
      : (['WitnessDisagrees', `${said}; but only ${keepSite} could be kept now. Nothing is fenced.`] as const);
  return { refusal: refusal(code, why), passing: true };
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

/** The one site that no longer replicates to the other: what it accepted since is nowhere else. */
function detacherOf(pair: SitePair, observation: Observation): SiteName | undefined {
  const [detacher, other] = pair.sites.filter((site) => !allAttached(observation, site));
  return other === undefined ? detacher : undefined;
}

function tieBreak({ pair, state, observation, verdict }: Splitting): RoleChoice {
  const detacher = detacherOf(pair, observation);
  if (detacher !== undefined) {
    return choose(pair, detacher, `${verdict.because}; ${detacher} already writes without its rival`);
  }
  const { named, inDoubt } = tieOf({ pair, state, observation });
  const voting = hasWitness(pair) ? votingOf(pair, observation, inDoubt?.site) : undefined;
  const said = voting ? `${verdict.because}; ${sayVoting(voting)}` : verdict.because;
  if (voting && !(named && pair.policy.quorum.majority === 'advises')) {
    if (voting.winner !== undefined) return choose(pair, voting.winner, said);
    if (mayCountAgain(pair, state)) {
      const message = `${sayVoting(voting)}. The votes are counted again before the tie is broken.`;
      return { refusal: refusal('NoQuorum', message), passing: true };
    }
  }
  if (inDoubt) return choose(pair, inDoubt.site, `${said}; ${inDoubt.why}`);
  return { refusal: refusal('KeepSiteUndecided'), passing: false };
}

interface TieWinner {
  site: SiteName;
  why: string;
}

interface Tie {
  pair: SitePair;
  /** Absent of a look outside any run, which has heard nobody. */
  state?: RunState;
  observation: Observation;
}

/** Who wins a tie. `named`: by what the site itself or the policy says; `inDoubt`: whoever it is in the end. */
function tieOf({ pair, state, observation }: Tie): { named?: TieWinner; inDoubt?: TieWinner } {
  const scored = tieWinner(pair, observation);
  const { preferredSite } = pair.policy;
  if (scored !== undefined)
    return bothOf({ site: scored, why: `${otherSite(pair, scored)} loses the tie by its score` });
  if (preferredSite !== undefined) return bothOf({ site: preferredSite, why: `${preferredSite} is preferred` });
  const reporter = state && firstReporter(pair, state);
  return reporter === undefined ? {} : { inDoubt: { site: reporter, why: `${reporter} was heard first` } };
}

function bothOf(winner: TieWinner): { named: TieWinner; inDoubt: TieWinner } {
  return { named: winner, inDoubt: winner };
}

/** Only a run that has not chosen waits for votes; what breaks once roles are latched is decided at once. */
function mayCountAgain(pair: SitePair, { known: { roles, vote } }: RunState): boolean {
  return roles === undefined && (vote?.retries ?? 0) < pair.policy.quorum.retries;
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
