import { situationOf, refusedFor, type Assessing, type Decided } from './assessing';
import { sameJson } from './canonical-json';
import { brokenInSoak } from './broken-in-soak';
import { comeBack, prepareSynchronize } from './come-back';
import {
  admissionApproved,
  admissionConditions,
  askAdmitStaleSite,
  couldBeAdmitted,
  isBegun,
  servesAgain,
} from './conditions/admission';
import { addCommand, trafficMayChange } from './conditions/changes';
import { firstUnmet, maySoonShow, restore, type Situation } from './conditions/condition';
import { abortConditions, bothServeDifferent, fenceConditions } from './conditions/fence';
import { healed, healedBeforeDetach, mayEndUndetached } from './conditions/healing';
import { isLost, lostBeforeDetach, mayHaveDetached } from './conditions/lost-site';
import { couldServe } from './eligibility';
import { rememberAsked } from './gates';
import { latchRoles, relatchRoles, unlatchRoles } from './latch';
import { isEqual } from './comparison';
import { learn, linkIsStable } from './learn';
import { validComparison } from './learn-way-back';
import { linkOf } from './link';
import { wait, type Next } from './next';
import { note } from './notes';
import { observing } from './observing';
import { oneLine } from './one-line';
import { pauseAt, type Pause } from './pause';
import { isWantedIn, nextEpoch, phaseOf } from './phase';
import { rememberCommand, rememberWaits } from './remember';
import { requestedFence } from './requested-fence';
import { inShadow, shadowed } from './shadow';
import { splitOver } from './split-over';
import type { Admission, Known, Planned, Roles } from './state';
import { heardRecently, seconds } from './time';
import { endpointOf, groupsOf, groupsOrNone, isAdmitted } from './traffic';
import { allAttached, verdictOf, type Verdict } from './verdict';
import { whatIsTrue } from './what-is-true';

/** Stands in every answer, so that a history tells which rules gave it. Raise it when a rule changes. */
export const domainVersion = 6;

export interface Assessment {
  verdict: Verdict;
  next: Next;
  /** What the run knows from now on; absent when this round taught nothing. */
  remember?: Known;
}

export type { Assessing } from './assessing';

export type Assess = (assessing: Assessing) => Assessment;

/** How long an abort may spend on making things safe before it says what is unknown and ends. */
const abortBoundMs = seconds(30);

/**
 * Says what is so, what is next, and what to remember: the whole of the runbook in one pure function.
 * Invariants, whatever is read: no command takes an endpoint group's last keep-eligible endpoint (S2); replication is detached
 * on the kept site only in a round in which a fence level confirms that the stale site serves nobody, or in which the groups cannot
 * be read after a proved fence (S3); without a person's decision a site that this run did not remove is never added, and nothing is added once
 * anything was detached (S4).
 */
export function assess(assessing: Assessing): Assessment {
  const verdict = verdictOf(assessing.pair, assessing.observation);
  const learnt = splitOver(assessing.state.known, learn(assessing));
  const decided = decide({ ...assessing, verdict }, learnt);
  const { known, next } = assessing.pair.mode === 'shadow' ? shadowed(decided) : decided;
  const asked = rememberAsked(rememberCommand(known, next, assessing.now), next, assessing);
  const remembered = rememberWaits(assessing.state, asked, next, assessing.now);
  const unchanged = sameJson(remembered, assessing.state.known);
  return { verdict, next, remember: unchanged ? undefined : remembered };
}

function decide(assessing: Assessing & { verdict: Verdict }, known: Known): Decided {
  const { pair, state, observation, now } = assessing;
  if (state.heard.abort) return abort(assessing, known);
  if (!known.roles) {
    const pause = pauseAt({ ...state, known }, now);
    if (pause) return { known, next: pausing(pause) };
    const seen = observing({ ...assessing, known });
    if (!('roles' in seen)) return seen;
    if (pair.mode === 'shadow')
      return inShadow(assess, { ...assessing, state: { ...state, known: seen.known } }, seen.roles);
    const latched = latchRoles(seen.known, seen.roles, observation, now, seen.planned);
    const planned = plan(latched, seen.planned);
    return pursue(assessing, learn({ pair, observation, now, state: { ...state, known: planned } }), seen.roles);
  }
  return pursue(assessing, known, known.roles);
}

function pausing({ by, reason, until }: Pause): Next {
  return wait(`the end of the pause (${by}: ${oneLine(reason)})`, { until, pace: 'slow' });
}

function pursue(assessing: Assessing, before: Known, roles: Roles): Decided {
  const known = synchronizeAskedFor(assessing, fenceAskedFor(assessing, before));
  const situation = situationOf(assessing, known, roles);
  const { pair, now } = assessing;
  if (known.admission) return admitting(assessing, situation, known.admission);
  if (known.restoringSince !== undefined) return giveBackHealed(situation);
  const broken = brokenInSoak(situation);
  if (broken && 'next' in broken) return broken;
  if (broken) {
    const learnt = learn({ ...assessing, state: { ...assessing.state, known: broken.known } });
    return keepFenced(situationOf(assessing, learnt, broken.roles));
  }
  if (known.planned === 'offline' && lostWhileTakenOut(situation)) {
    const why = `${roles.keepSite} serves nobody: ${roles.staleSite} is put back, and not taken out as planned`;
    const told = note(nextEpoch(known), now, why);
    return giveBackHealed(situationOf(assessing, { ...told, restoringSince: now }, roles));
  }
  if (known.synchronization || known.planned !== undefined) return comeBack(situation);
  const untouched = nothingToUndo(situation);
  if (untouched) return untouched;
  const stable = linkIsStable(known, pair.policy.stableSeconds, now);
  if (healedBeforeDetach(situation) && stable && staleSiteIsOut(situation)) {
    const told = note(known, now, 'the link healed before anything was detached');
    return giveBackHealed(situationOf(assessing, { ...told, restoringSince: now }, roles));
  }
  if (healedBeforeDetach(situation) && stable && takenOutByOthers(situation)) {
    const told = unlatchRoles(known, `the link healed; ${roles.staleSite} is out, and it was not this run`, now);
    return { known: told, next: wait('the pair to be read again') };
  }
  const lost = lostBeforeDetach(situation);
  if (!lost) return keepFenced(situation);
  if ('next' in lost) return refusedFor(situation, lost.next);
  const { swapped, roles: otherWayRound } = lost;
  const learnt = learn({ ...assessing, state: { ...assessing.state, known: swapped } });
  return keepFenced(situationOf(assessing, learnt, otherWayRound));
}

function keepFenced(situation: Situation): Decided {
  const next = firstUnmet(fenceConditions, situation);
  if (next?.kind === 'do' || !mayHaveDetached(situation) || !isLost(situation)) {
    return next ? refusedFor(situation, next) : prepareSynchronize(situation);
  }
  const question = askAdmitStaleSite(situation);
  const approved = admissionApproved(situation, question);
  if (!approved) return { known: situation.known, next: question };
  return { known: approved, next: wait(`the lost site ${situation.roles.keepSite} to be taken out`) };
}

/** A request for the fence that comes while the site is on its way back makes void what was begun. */
function fenceAskedFor({ state, now }: Assessing, known: Known): Known {
  const request = state.heard.requests.findLast(({ goal, refused }) => goal === 'fence' && !refused);
  if (!request || request.id === known.fencedFor) return known;
  const heard: Known = { ...known, fencedFor: request.id };
  if (!known.synchronization && known.planned === undefined) return heard;
  return note(nextEpoch(heard), now, `what was begun is void: ${request.by} asked for the fence`);
}

/**
 * A request for a synchronize that comes while a site that was never synchronized by this run, or that differs, is on its way back
 * and not yet let in: what was begun is void, and the fence, the count and the gate of a synchronize follow.
 */
function synchronizeAskedFor({ state, observation, now }: Assessing, known: Known): Known {
  const request = state.heard.requests.findLast(
    ({ id, goal, refused }) => goal === 'synchronize' && !refused && !known.refusedRequests[id],
  );
  if (!request || request.id === known.synchronizeHeardOf) return known;
  const heard: Known = { ...known, synchronizeHeardOf: request.id };
  const comparison = known.return && validComparison({ state, known, observation });
  const differs = comparison !== undefined && !isEqual(comparison);
  if (isWantedIn(known) || !(known.planned === 'online' || differs)) return heard;
  const because = `${request.by} asked to synchronize ${known.roles?.staleSite}`;
  return note(nextEpoch(heard), now, `what was begun is void: ${because}`);
}

/** A person let the stale site serve: the rows of the admission, and then the guard with the roles the other way round. */
function admitting(assessing: Assessing, seen: Situation, admission: Admission): Decided {
  const known: Known = { ...seen.known, admission: { ...admission, begun: isBegun(seen) } };
  const { roles, observation, now } = seen;
  const situation = situationOf(assessing, known, roles);
  if (!isBegun(situation)) {
    const dropped = notBegun(assessing, situation);
    if (dropped) return dropped;
  }
  const next = firstUnmet(admissionConditions, situation);
  if (next) return { known, next };
  const because = `${admission.by} decided that it serves in place of ${roles.keepSite}`;
  const otherWayRound: Roles = { keepSite: roles.staleSite, staleSite: roles.keepSite, because };
  const latched = relatchRoles(known, otherWayRound, observation, now);
  const learnt = learn({ ...assessing, state: { ...assessing.state, known: latched } });
  return keepFenced(situationOf(assessing, learnt, otherWayRound));
}

/** As long as the lost site was taken out nowhere, the decision is dropped when it serves again, and put off when the other one is silent. */
function notBegun(assessing: Assessing, situation: Situation): Decided | undefined {
  const { known, roles, now } = situation;
  const again = servesAgain(situation);
  if (!groupsOf(situation.observation) || (!again && couldBeAdmitted(situation))) return undefined;
  if (trafficMayChange(situation)) return { known, next: wait('an earlier command, which may still take effect') };
  const why = again ? `${roles.keepSite} serves again` : `${roles.staleSite} does not answer or could not serve`;
  const told = note({ ...known, admission: undefined }, now, `${why}: ${roles.staleSite} is not admitted`);
  const epoch = again ? known.epoch + 1 : known.epoch;
  return keepFenced(situationOf(assessing, { ...told, epoch }, roles));
}

/**
 * The link healed before any removal took effect: the pair is as it was, and there is nobody to fence any more. Neither a
 * cache that is configured but not reported nor a restart of the kept site is a reason to take a site out of a whole pair.
 */
function nothingToUndo(situation: Situation): Decided | undefined {
  const { known, pair, observation, now } = situation;
  const groups = groupsOrNone(observation);
  const bothServe = pair.sites.every((site) => isAdmitted(groups, site) && allAttached(observation, site));
  const out = Object.values(known.groups).some(
    ({ removedByUs, absentReadAt }) => removedByUs && absentReadAt !== undefined,
  );
  if (!bothServe || linkOf(pair, observation) !== 'whole' || out || !mayEndUndetached(situation)) return undefined;
  if (trafficMayChange(situation)) return { known, next: wait('an earlier command, which may still take effect') };
  const next = wait('both views to stay whole, or the alert to be resolved');
  return { known: unlatchRoles(known, 'the link healed before anything was done', now), next };
}

/** Out of traffic, and not by this run: whether it comes back is not for this run to say. */
function takenOutByOthers({ observation, roles }: Situation): boolean {
  return groupsOf(observation) !== undefined && !isAdmitted(groupsOrNone(observation), roles.staleSite);
}

/** The site that was to serve everyone was lost meanwhile, and the other one, equal to it, could serve. */
function lostWhileTakenOut(situation: Situation): boolean {
  const { observation, roles } = situation;
  return isLost(situation) && staleSiteIsOut(situation) && couldServe(observation, roles.staleSite);
}

function staleSiteIsOut({ known }: Situation): boolean {
  return Object.values(known.groups).some((group) => group.removedByUs === true);
}

/**
 * Puts the stale site back, group by group, as long as the pair reads as healed; else, or when a person asks for the fence,
 * this turns into a fence again.
 */
function giveBackHealed(situation: Situation): Decided {
  const { known, roles, observation, state, now } = situation;
  const groups = groupsOf(observation);
  const stillHealed = healed(situation);
  const request = requestedFence(state);
  if (stillHealed === false || known.linkWholeSince === undefined || request) {
    const why = request ? `${request.by} asked to fence it` : 'the pair no longer reads as healed';
    const told = note(known, now, `${roles.staleSite} is not put back, ${why}: fencing`);
    const again: Known = { ...told, restoringSince: undefined, restoredOnce: true, epoch: known.epoch + 1 };
    return keepFenced({ ...situation, known: again, state: { ...state, known: again } });
  }
  if (!groups) return { known, next: wait('Global Accelerator to answer') };
  if (stillHealed === 'unknown') return { known, next: wait('both sites to be read') };
  const missing = groups.find(
    (group) => known.groups[group.arn]?.removedByUs === true && !endpointOf(group, roles.staleSite),
  );
  if (!missing) {
    if (trafficMayChange(situation)) return { known, next: wait('an earlier command, which may still take effect') };
    const next = wait('both views to stay whole, or the alert to be resolved');
    const back = unlatchRoles(known, `${roles.staleSite} is back; nothing was detached`, now);
    return { known: { ...back, restoredOnce: true }, next };
  }
  const command = addCommand(situation, missing.arn);
  if (maySoonShow(situation, command)) return { known, next: wait('the endpoint to be read again') };
  return { known, next: restore(situation, command, 'the link healed before anything was detached') };
}

function abort(assessing: Assessing, known: Known): Decided {
  const { pair, state, observation, now } = assessing;
  const truth = `Nobody guards this pair any more. ${whatIsTrue(pair, observation)}`;
  if (!known.roles) return { known, next: { kind: 'finish', outcome: 'aborted', report: truth } };
  const situation = situationOf(assessing, known, known.roles);
  const { staleSite, keepSite } = known.roles;
  const danger = bothServeDifferent(situation)
    ? ` Both sites serve, and ${staleSite} lacks what ${keepSite} wrote since it was detached: take ${staleSite} out by hand at once, then synchronize it.`
    : '';
  const end: Next = { kind: 'finish', outcome: 'aborted', report: `${truth}${danger}` };
  const unmet = firstUnmet(abortConditions, situation);
  if (!unmet || !heardRecently(state.heard.abort?.at, abortBoundMs, now)) return { known, next: end };
  return { known, next: unmet };
}

function plan(latched: Known, planned: Planned | undefined): Known {
  if (planned === undefined) return latched;
  const adopted: Known = { ...latched, planned, adopted: true };
  return { ...adopted, phase: phaseOf(adopted) };
}
