import { sameJson } from './canonical-json';
import { abortConditions, addCommand, fenceConditions, healed, healedBeforeDetach } from './conditions/fence';
import { firstUnmet, restore, type Situation } from './conditions/condition';
import { commandKey } from './command';
import { latchRoles, unlatchRoles } from './latch';
import { learn, note } from './learn';
import { sees } from './link';
import { wait, type Next } from './next';
import type { Observation } from './observation';
import { observing } from './observing';
import { otherSite, type SitePair } from './site-pair';
import type { Known, RunState } from './state';
import { recently, seconds, type EpochMs } from './time';
import { endpointOf, groupsOf } from './traffic';
import { verdictOf, type Verdict } from './verdict';
import { whatIsTrue } from './what-is-true';

/** Stands in every answer, so that a history tells which rules gave it. Raise it when a rule changes. */
export const domainVersion = 1;

export interface Assessment {
  verdict: Verdict;
  next: Next;
  /** What the run knows from now on; absent when this round taught nothing. */
  remember?: Known;
}

export interface Assessing {
  pair: SitePair;
  state: RunState;
  observation: Observation;
  now: EpochMs;
}

/** How long an abort may spend on making things safe before it says what is unknown and ends. */
const abortBoundMs = seconds(30);

/**
 * Says what is so, what is next, and what to remember: the whole of the runbook in one pure function.
 * Invariants, whatever is read: no command leaves an endpoint group without a keep-eligible endpoint (S2); replication is
 * detached on the kept site only in a round that read the stale site out of every group (S3); a site that this run did not
 * remove is never added, and nothing is added once anything was detached (S4).
 */
export function assess(assessing: Assessing): Assessment {
  const verdict = verdictOf(assessing.pair, assessing.observation);
  const learnt = learn(assessing);
  const { known, next } = decide({ ...assessing, verdict }, learnt);
  const remembered = rememberCommand(known, next, assessing.now);
  const unchanged = sameJson(remembered, assessing.state.known);
  return { verdict, next, remember: unchanged ? undefined : remembered };
}

interface Decided {
  known: Known;
  next: Next;
}

function decide(assessing: Assessing & { verdict: Verdict }, known: Known): Decided {
  const { pair, state, observation, now } = assessing;
  if (state.heard.abort) return abort(assessing, known);
  if (!known.roles) {
    const seen = observing({ ...assessing, known });
    if (!('roles' in seen)) return seen;
    const latched = latchRoles(seen.known, seen.roles, observation, now);
    return pursue(assessing, learn({ pair, observation, now, state: { ...state, known: latched } }));
  }
  return pursue(assessing, known);
}

function situationOf({ pair, state, observation, now }: Assessing, known: Known): Situation {
  if (!known.roles) throw new Error('a situation needs roles');
  return { pair, state: { ...state, known }, known, roles: known.roles, observation, now };
}

function pursue(assessing: Assessing, known: Known): Decided {
  const situation = situationOf(assessing, known);
  const { pair, now } = assessing;
  if (known.restoringSince !== undefined) return giveBackHealed(assessing, known);
  const stable = known.linkWholeSince !== undefined && now - known.linkWholeSince >= seconds(pair.policy.stableSeconds);
  if (healedBeforeDetach(situation) && stable && staleSiteIsOut(situation)) {
    const told = note(known, now, 'the link healed before anything was detached');
    return giveBackHealed(assessing, { ...told, restoringSince: now });
  }
  return { known, next: firstUnmet(fenceConditions, situation) ?? guarding(situation) };
}

function staleSiteIsOut({ known }: Situation): boolean {
  return Object.values(known.groups).some((group) => group.removedByUs === true);
}

/** Puts the stale site back, group by group, as long as the pair reads as healed; else this turns into a fence again. */
function giveBackHealed(assessing: Assessing, known: Known): Decided {
  const { observation, now } = assessing;
  const situation = situationOf(assessing, known);
  const groups = groupsOf(observation);
  const stillHealed = healed(situation);
  if (stillHealed === false) {
    const told = note(known, now, 'the pair no longer reads as healed while the site was put back: fencing');
    const again: Known = { ...told, restoringSince: undefined, restoredOnce: true, epoch: known.epoch + 1 };
    return { known: again, next: firstUnmet(fenceConditions, situationOf(assessing, again)) ?? guarding(situation) };
  }
  if (!groups) return { known, next: wait('Global Accelerator to answer') };
  if (stillHealed === 'unknown') return { known, next: wait('both sites to be read') };
  const missing = groups.find(
    (group) => known.groups[group.arn]?.removedByUs === true && !endpointOf(group, situation.roles.staleSite),
  );
  if (!missing) {
    const unlatched = unlatchRoles(known, now);
    return { known: unlatched, next: wait('both views to stay whole, or the alert to be resolved') };
  }
  const command = addCommand(situation, missing.arn);
  if (recently(assessing.state.commands.acceptedAt[commandKey(command)], seconds(10), now)) {
    return { known, next: wait('the endpoint to be read again') };
  }
  return { known, next: restore(situation, command, 'the link healed before anything was detached') };
}

/** Nothing is left to make true: the run stays, looks, and repairs. */
function guarding({ pair, roles, known, observation, now }: Situation): Next {
  const stable = known.linkWholeSince !== undefined && now - known.linkWholeSince >= seconds(pair.policy.stableSeconds);
  if (stable) {
    return wait(`a person: the link is whole, ${roles.staleSite} can be synchronized`, { pace: 'slow' });
  }
  const watchful =
    known.keepSiteOfflineOnStaleDueSince !== undefined && known.keepSiteOfflineOnStaleSince === undefined;
  const pace = watchful ? 'fast' : 'slow';
  const blind = pair.sites.filter((site) => sees(pair, observation, site) !== true);
  if (blind.length === 0) {
    return wait(`both sites to see each other for ${pair.policy.stableSeconds} s`, { pace });
  }
  const missing = blind.map((site) =>
    sees(pair, observation, site) === false
      ? `${site} does not see ${otherSite(pair, site)}`
      : `${site}'s view is unknown`,
  );
  return wait(`the link to heal (${missing.join(', ')})`, { pace });
}

function abort(assessing: Assessing, known: Known): Decided {
  const { pair, state, observation, now } = assessing;
  const report = `Nobody guards this pair any more. ${whatIsTrue(pair, observation)}`;
  const end: Next = { kind: 'finish', outcome: 'aborted', report };
  if (!known.roles) return { known, next: end };
  const unmet = firstUnmet(abortConditions, situationOf(assessing, known));
  if (!unmet || !recently(state.heard.abort?.at, abortBoundMs, now)) return { known, next: end };
  return { known, next: unmet };
}

/** Written before the call is made: after a crash the run knows what it may have done. */
function rememberCommand(known: Known, next: Next, now: EpochMs): Known {
  if (next.kind !== 'do') return known;
  const { command } = next;
  if (command.kind === 'takeBackupOffline' && command.onSite === known.roles?.keepSite) {
    return { ...known, detachRequestedAt: known.detachRequestedAt ?? now };
  }
  if (command.kind !== 'removeEndpoint') return known;
  const memory = known.groups[command.groupArn];
  if (!memory) return known;
  const again = memory.removalRequestedAt !== undefined && memory.removedByUs === true;
  return {
    ...known,
    reRemovals: again ? [...known.reRemovals, now].slice(-20) : known.reRemovals,
    groups: { ...known.groups, [command.groupArn]: { ...memory, removalRequestedAt: now } },
  };
}
