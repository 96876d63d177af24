/**
 * Before anything was touched: who is to be fenced, if anyone.
 * Every answer that is not a latch leaves the world as it is, so a run may stay here, look again and act when facts allow.
 */
import { firingAlerts } from './alerting';
import { askKeepSite, atGate, chosenKeepSite, namesOf } from './gates';
import { linkOf, type Link } from './link';
import { wait, type Next } from './next';
import { note } from './notes';
import type { Observation } from './observation';
import type { Digest } from './plan';
import { refusal, type Refusal, type RefusalCode } from './refusals';
import { requestedFence } from './requested-fence';
import { requestedWay, rolesForWay } from './requested-goals';
import { rolesForRequest, rolesForSplit, type RoleChoice } from './roles';
import { sentinelDeed } from './sentinel';
import { otherSite, type SitePair } from './site-pair';
import type { Known, Planned, Roles, RunState } from './state';
import type { HeardAlert } from './heard';
import { heardRecently, recently, seconds, type EpochMs } from './time';
import { groupsHolding, groupsOf, groupsOrNone } from './traffic';
import { allAttached, type Verdict } from './verdict';
import { whatIsTrue } from './what-is-true';

/** How long a run tries by itself before it asks a human, or gives a request back as refused. */
export const askAfterMs = seconds(60);

interface Looking {
  pair: SitePair;
  state: RunState;
  observation: Observation;
  now: EpochMs;
  digest: Digest;
  known: Known;
  verdict: Verdict;
}

export type Seen = { known: Known; roles: Roles; planned?: Planned } | { known: Known; next: Next };

export function observing(looking: Looking): Seen {
  const { pair, state, observation, known, now } = looking;
  const fence = requestedFence(state);
  const way = fence ? undefined : requestedWay(state);
  const request = fence ?? way;
  if (!request) return observingAlerts(looking);
  const choice = way ? rolesForWay(looking, way) : rolesForRequest(observation, pair, request.site ?? '', request.by);
  if ('roles' in choice) return gatedWay(looking, choice, way !== undefined);
  if (choice.passing && heardRecently(request.at, askAfterMs, now)) {
    return { known: refused(known, choice.refusal, now), next: { kind: 'refuse', refusal: choice.refusal } };
  }
  const answered: Known = {
    ...refused(known, choice.refusal, now),
    refusedRequests: { ...ofRequestsKept(known.refusedRequests, state), [request.id]: choice.refusal },
  };
  return observing({ ...looking, known: answered, state: { ...state, known: answered } });
}

function observingAlerts(looking: Looking): Seen {
  const { pair, state, observation, verdict, known, now } = looking;
  const firing = firingAlerts({ ...state, known }, pair.policy.stableSeconds, now);
  // What a sentinel tells of its own doing is noted, and wakes nobody.
  const alerts = Object.values(state.heard.alerts).filter(({ alertname }) => sentinelDeed(alertname) === undefined);
  const woken = state.goal === 'protect' || alerts.length > 0;
  if (!woken) return end(looking);
  if (verdict.kind === 'healthy') return wholeAgain(looking, firing);
  const choice = chooseBySplit(looking);
  if ('roles' in choice) return gated(looking, verdict.kind === 'diverging' ? 'fenceDiverging' : 'fence', choice.roles);
  if (choice.refusal.code === 'SiteOutAlready') return siteOutAlready(looking, choice.refusal);
  const told = refused(known, choice.refusal, now);
  if (firing.length === 0) return end({ ...looking, known: told });
  if (recently(told.refusal?.since, askAfterMs, now)) {
    return { known: told, next: { kind: 'refuse', refusal: choice.refusal } };
  }
  const question = `${choice.refusal.message} Which site is to be kept? ${whatIsTrue(pair, observation)}`;
  return { known: told, next: askKeepSite({ ...looking, known: told }, question) };
}

/**
 * Out of traffic, with a whole link, and not by this run. Where both sites replicate, only a person's word is missing; where
 * one does not, it is a fence that somebody began, and it is adopted.
 */
function siteOutAlready(looking: Looking, because: Refusal): Seen {
  const { pair, state, observation, known, verdict } = looking;
  const choice = rolesForSplit(pair, state, observation, verdict);
  if ('refusal' in choice) return { known, next: { kind: 'refuse', refusal: choice.refusal } };
  if (!pair.sites.every((site) => allAttached(observation, site))) return gated(looking, 'fence', choice.roles);
  return { known, roles: { ...choice.roles, because: because.message }, planned: 'online' };
}

/** Whether people have to agree before what was asked for begins; what comes back is asked about later, before it does. */
function gatedWay(looking: Looking, choice: { roles: Roles; planned?: Planned }, isWay: boolean): Seen {
  const { known, observation } = looking;
  if (!isWay) return gated(looking, 'fence', choice.roles);
  if (choice.planned !== 'offline') return { known, ...choice };
  const { keepSite, staleSite } = choice.roles;
  const groups = groupsHolding(groupsOrNone(observation), staleSite).map(({ arn }) => arn);
  const question = `Take ${staleSite} out of traffic as planned, and have ${keepSite} serve everyone?`;
  const asked = atGate(looking, { gate: 'siteOffline', question, plan: { keepSite, staleSite, groups } });
  if ('question' in asked) return { known: asked.known, next: asked.question };
  return { known: asked.known, ...choice };
}

/** By policy people decide whether a site is fenced. A run in shadow mode asks nobody, because it touches nothing. */
function gated(looking: Looking, gate: 'fence' | 'fenceDiverging', roles: Roles): Seen {
  const { pair, known } = looking;
  if (pair.mode === 'shadow') return { known, roles };
  const { keepSite, staleSite, because } = roles;
  const lost = `Each site has accepted writes that the other one lacks; those of ${staleSite} will have to be discarded. `;
  const question = `${because}. ${gate === 'fence' ? '' : lost}Is ${staleSite} to be fenced, and ${keepSite} kept?`;
  const asked = atGate(looking, { gate, question, plan: { keepSite, staleSite } });
  if ('passed' in asked) {
    const by = asked.passed.length > 0 ? `; approved by ${namesOf(asked.passed)}` : '';
    return { known: asked.known, roles: { ...roles, because: `${because}${by}` } };
  }
  return { known: { ...asked.known, refusal: undefined }, next: asked.question };
}

/** What a person answered at the gate `keepSite` comes first; the site must be keep-eligible all the same. */
function chooseBySplit(looking: Looking): RoleChoice {
  const { pair, observation } = looking;
  const chosen = chosenKeepSite(looking);
  if (!chosen?.site) return chooseByRule(looking);
  const choice = rolesForRequest(observation, pair, otherSite(pair, chosen.site), chosen.by);
  const because = `${chosen.by} decided to keep ${chosen.site}`;
  return 'roles' in choice ? { roles: { ...choice.roles, because } } : choice;
}

function chooseByRule({ pair, state, observation, verdict, known }: Looking): RoleChoice {
  const link = linkOf(pair, observation);
  if (verdict.kind === 'inconclusive') {
    const code = inconclusiveCode(observation, link);
    return { refusal: refusal(code, `${verdict.because}, so nothing is fenced.`), passing: true };
  }
  if (verdict.kind === 'halfFenced' && link === 'whole') {
    const message = `${verdict.because}. The link is whole and this run did not remove it: shall it come back?`;
    return { refusal: refusal('SiteOutAlready', message), passing: false };
  }
  if (verdict.kind === 'halfFenced' && link === 'unknown') {
    return { refusal: refusal('LinkUnknown', `${verdict.because}, and no site's view could be read.`), passing: true };
  }
  return rolesForSplit(pair, { ...state, known }, observation, verdict);
}

function inconclusiveCode(observation: Observation, link: Link): RefusalCode {
  const groups = groupsOf(observation);
  if (!groups) return 'TrafficUnknown';
  if (groups.every(({ endpoints }) => endpoints.every(({ site }) => site === undefined))) return 'NoEligibleSite';
  return link === 'unknown' ? 'LinkUnknown' : 'ReplicationUnknown';
}

function wholeAgain({ pair, known, now, ...rest }: Looking, firing: readonly HeardAlert[]): Seen {
  const cleared: Known = { ...known, refusal: undefined };
  if (firing.length === 0) return end({ ...rest, pair, now, known: cleared });
  // Healthy is said of a whole link only, so it is known since when it is whole.
  const wholeSince = known.linkWholeSince as EpochMs;
  const heardAt = Math.max(...firing.map((alert) => alert.lastHeardAt), wholeSince);
  const what = `both views to stay whole for ${pair.policy.stableSeconds} s, or the alert to be resolved`;
  return { known: cleared, next: wait(what, { until: heardAt + seconds(pair.policy.stableSeconds) }) };
}

function end({ pair, state, observation, verdict, known }: Looking): Seen {
  const refusedRequest = state.heard.requests.map(({ id }) => known.refusedRequests[id]).find(Boolean);
  const because = refusedRequest ?? known.refusal;
  const finished: Known = { ...known, phase: 'finished' };
  const truth = whatIsTrue(pair, observation);
  if (known.restoredOnce) {
    const report = `The link healed before anything was detached; the site was put back. ${truth}`;
    return { known: finished, next: { kind: 'finish', outcome: 'restored', report } };
  }
  if (known.wouldDo) {
    const { roles, steps } = known.wouldDo;
    const report = `Shadow mode: would have fenced ${roles.staleSite} and kept ${roles.keepSite} (${steps.join('; ')}). Nothing was touched. ${truth}`;
    return { known: finished, next: { kind: 'finish', outcome: 'shadowed', report } };
  }
  if (because) {
    const report = `Refused: ${because.message} Nothing was touched. ${truth}`;
    return {
      known: finished,
      next: { kind: 'finish', outcome: 'refused', refusal: { code: because.code, message: because.message }, report },
    };
  }
  const [outcome, what] =
    state.goal === 'pause'
      ? (['pauseOver', 'The pause is over'] as const)
      : (['nothingToDo', 'Nothing to do'] as const);
  const report = `${what}: ${verdict.because}. ${truth}`;
  return { known: finished, next: { kind: 'finish', outcome, report } };
}

/** A run that asks for weeks is asked for much: what was said of a request is kept as long as the request is. */
function ofRequestsKept(refused: Known['refusedRequests'], { heard }: RunState): Known['refusedRequests'] {
  const kept = new Set(heard.requests.map(({ id }) => id));
  return Object.fromEntries(Object.entries(refused).filter(([id]) => kept.has(id)));
}

/** Remembers why nothing is done, and since when; told once per reason. */
export function refused(known: Known, because: Refusal, now: EpochMs): Known {
  const { refusal: before } = known;
  if (before?.code === because.code) return { ...known, refusal: { ...because, since: before.since } };
  const told = note(known, now, `not acted: ${because.code}: ${because.message}`);
  return { ...told, refusal: { ...because, since: now } };
}
