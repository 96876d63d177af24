/**
 * Gate `admitStaleSite`: the kept site was lost after the detach, and a person lets the stale one serve in its place. What
 * the kept site wrote since the detach is lost by that, so it never happens by itself.
 */
import { commandKey, type Command } from '../command';
import { couldServe } from '../eligibility';
import { namesOf, passedBy, questionAt, type PlannedQuestion } from '../gates';
import { wait, type Next } from '../next';
import { note } from '../notes';
import { readAt, type EndpointGroup } from '../observation';
import type { DeviceName } from '../site-pair';
import { restartedSince } from '../starts';
import type { Known } from '../state';
import { recently, seconds } from '../time';
import { endpointOf, groupsHolding, groupsOf, groupsOrNone, isAdmitted, isServedBy } from '../traffic';
import { allDetached, detachedCaches } from '../verdict';
import { addCommand, removeLostCommand } from './changes';
import { blockedBy, maySoonShow, protect, restore, type Condition, type Situation } from './condition';

/** The question, with the plan that an approval has to name. Never passed without a person, whatever the policy says. */
export function askAdmitStaleSite(situation: Situation): PlannedQuestion {
  const { known, roles } = situation;
  const { keepSite, staleSite } = roles;
  const groups = Object.keys(known.groups).sort();
  const lacks = whatStaleSiteLacks(situation);
  const plan = { keepSite, staleSite, groups, started: known.keepSiteStartedAt, lacks };
  const question =
    `${keepSite} is not in traffic or not healthy, and ${staleSite} lacks what was written since it was detached. ` +
    `${lacks === undefined ? '' : `Beware: ${lacks}. `}Bring ${keepSite} back into traffic. Or is ${staleSite} to serve, and those writes to be lost?`;
  const silent = answersUs(situation)
    ? ''
    : ` ${staleSite}'s Infinispan does not answer; before it does, nothing is done.`;
  const sick = couldServe(situation.observation, staleSite)
    ? ''
    : mayBeStarted(situation)
      ? ` ${staleSite}'s application ${situation.pair.activePassive ? 'stands by; its sentinel starts it first, once it holds the lock' : 'was stopped; it is started first'}.`
      : ` ${staleSite} could not serve as it is read now; before it could, nothing is done.`;
  const device = switchingOff(situation);
  const goesOff = device === undefined ? '' : ` ${device} is switching it off; before that has ended, nothing is done.`;
  const asking = {
    gate: 'admitStaleSite',
    question: `${question}${goesOff || silent || sick}`,
    plan,
    atLeast: 1,
  } as const;
  return questionAt(situation, asking);
}

/** What it lost beside what was written since; `undefined` where that is all, as far as it is read. */
function whatStaleSiteLacks({ known, state, observation, roles: { staleSite } }: Situation): string | undefined {
  if (known.emptied === staleSite) {
    return `${staleSite} was emptied for a synchronize that did not end, and holds a part of its data at most`;
  }
  const restarted = restartedSince(observation, staleSite, known.staleSiteStartedAt ?? state.startedAt);
  if (restarted) return `${staleSite} restarted since, and lost what it held`;
  const sizes = Object.values(readAt(observation, staleSite, 'sizes') ?? {});
  const isEmpty = sizes.length > 0 && sizes.every((size) => size === 0);
  return isEmpty ? `${staleSite} holds no entry` : undefined;
}

/** Whether the stale site can be detached from the lost one. */
function answersUs({ observation, roles }: Situation): boolean {
  return detachedCaches(observation, roles.staleSite) !== undefined;
}

/** Before the stale site can be detached, and could serve, nothing is taken out in its favour; nor while a device switches it off. */
export function couldBeAdmitted(situation: Situation): boolean {
  const serves = couldServe(situation.observation, situation.roles.staleSite);
  return answersUs(situation) && (serves || mayBeStarted(situation)) && switchingOff(situation) === undefined;
}

/** The fence device that was asked to, and has not ended yet: the site serves a moment longer at most. */
function switchingOff({ state, roles }: Situation): DeviceName | undefined {
  const running = state.commands.running?.command;
  return running?.kind === 'fenceByDevice' && running.site === roles.staleSite ? running.device : undefined;
}

/** How long an application that was started may take until its health URL says 200. */
const readyWithinMs = seconds(300);

/** It could serve once its application is started, which this run stopped; or it was just started. */
function mayBeStarted({ pair, known, state, roles: { staleSite }, now }: Situation): boolean {
  if (pair.activePassive) return true;
  if (pair.workloads[staleSite] === 'none') return false;
  const started = state.commands.acceptedAt[commandKey({ kind: 'startApplication', site: staleSite })];
  const decidedAt = known.admission?.since ?? now;
  const starting = started !== undefined && started >= decidedAt && recently(started, readyWithinMs, now);
  return known.applicationStoppedAt !== undefined || state.commands.running !== undefined || starting;
}

/** What is known once as many people as needed approved that very plan; `undefined` until then. */
export function admissionApproved(situation: Situation, question: PlannedQuestion): Known | undefined {
  const { known, roles, now } = situation;
  const passed = passedBy(situation, question);
  if (!passed || !couldBeAdmitted(situation)) return undefined;
  const by = namesOf(passed);
  const told = note(known, now, `${by} decided that ${roles.staleSite} serves in place of ${roles.keepSite}`);
  return { ...told, admission: { plan: question.plan, by, since: now } };
}

/** Whether the lost site serves again: before it was taken out anywhere, nothing is admitted in its place. */
export function servesAgain({ observation, roles }: Situation): boolean {
  const groups = groupsOf(observation);
  return groups !== undefined && isServedBy(groups, roles.keepSite);
}

/**
 * Once it is out of one group it has to go out of all: half a site serving one region, the other half another. And it stays so
 * when somebody puts it back: by then the stale site may be on its way in.
 */
export function isBegun({ observation, roles, known }: Situation): boolean {
  if (known.admission?.begun) return true;
  const held = Object.entries(known.groups).filter(([, { endpoints }]) =>
    endpoints.some(({ site }) => site === roles.keepSite),
  );
  const groups = groupsOrNone(observation);
  return held.some(([arn]) => groups.some((group) => group.arn === arn && !endpointOf(group, roles.keepSite)));
}

export const admissionConditions: readonly Condition[] = [
  {
    name: 'staleSiteCouldServe',
    because:
      'its application was stopped with the fence, and nothing is taken out in favour of a site that cannot serve',
    undo: 'the next fence stops it again',
    holds: (situation) => isBegun(situation) || couldServe(situation.observation, situation.roles.staleSite),
    make: (situation) => startStale(situation),
  },
  {
    name: 'lostSiteOut',
    because: 'two sites that differ must not both be reachable, and the lost one may come back at any time',
    undo: 'the next incident; the site that is out has to be synchronized first',
    holds: ({ observation, roles }) => {
      const groups = groupsOf(observation);
      return groups !== undefined && groupsHolding(groups, roles.keepSite).length === 0;
    },
    make: (situation) => removeLost(situation),
  },
  {
    name: 'lostSiteDetached',
    because: 'the site that will serve must write without waiting for the lost one',
    undo: 'synchronize, the other way round',
    holds: ({ observation, roles }) => allDetached(observation, roles.staleSite),
    make: (situation) => detachLost(situation),
  },
  {
    name: 'staleSiteAdmitted',
    because: 'clients must have a site, and a person decided for this one',
    undo: 'none: it serves with what it has, and what only the lost site had is to be discarded',
    holds: ({ observation, known, roles }) =>
      groupsOrNone(observation).every(
        (group) => !(group.arn in known.groups) || endpointOf(group, roles.staleSite) !== undefined,
      ),
    make: (situation) => admit(situation),
  },
];

function startStale(situation: Situation): Next {
  const { pair, roles } = situation;
  const site = roles.staleSite;
  const command: Command = { kind: 'startApplication', site };
  if (pair.activePassive) return waitForSentinel(situation);
  if (situation.known.applicationStoppedAt === undefined || maySoonShow(situation, command)) {
    return wait(`the health URL of ${site} to say 200`);
  }
  if (pair.workloads[site] === 'manual') {
    return blockedBy(situation, command, 'WorkloadManual', `start the application of ${site}`);
  }
  return restore(situation, command, 'it is to serve, by decision');
}

/** Whether it comes up is not for this run: a lost site whose sentinel is well holds the lock for as long as that runs. */
function waitForSentinel({ known, roles: { keepSite, staleSite }, now }: Situation): Next {
  if (recently(known.admission?.since ?? now, readyWithinMs, now)) {
    return wait(`the health URL of ${staleSite} to say 200: its sentinel starts it once it holds the pair's lock`);
  }
  const question =
    `The sentinel of ${staleSite} has not started it yet, and says on its page what it waits for. ` +
    `If the sentinel of ${keepSite} holds the lock, stop that sentinel: it stops ${keepSite}, then frees the lock. Or bring ${keepSite} back into traffic.`;
  return { kind: 'ask', gate: 'admitStaleSite', question, answers: [] };
}

function removeLost(situation: Situation): Next {
  const { observation, roles, known } = situation;
  const groups = groupsOf(observation);
  if (!groups) return wait('Global Accelerator to answer');
  const command = ({ arn }: EndpointGroup): Command => removeLostCommand(situation, arn, isBegun(situation));
  const group = groupsHolding(groups, roles.keepSite).find((one) => !maySoonShow(situation, command(one)));
  if (!group) return wait(`the accepted removal of ${roles.keepSite} to be read`);
  const because = `${roles.staleSite} is to serve in its place, by decision ${known.admission?.plan}`;
  return decidedStep(situation, command(group), because);
}

function detachLost(situation: Situation): Next {
  const { keepSite, staleSite } = situation.roles;
  if (!answersUs(situation)) return askToBringBack(situation);
  const command: Command = { kind: 'takeBackupOffline', onSite: staleSite, backupSite: keepSite };
  if (maySoonShow(situation, command)) return wait(`the accepted detach of ${keepSite} on ${staleSite} to be read`);
  return decidedStep(situation, command, 'the site that will serve must write without waiting for the lost one');
}

/** A step towards online, until the stale site is in traffic: from then on it guards against two sites that differ. */
function decidedStep(situation: Situation, command: Command, because: string): Next {
  const isIn = isAdmitted(groupsOrNone(situation.observation), situation.roles.staleSite);
  return (isIn ? protect : restore)(situation, command, because);
}

const silentForMs = seconds(60);

/** The lost site is out, and the other one fell silent before it could be let in: no answer helps, only its return. */
function askToBringBack({ known, roles: { keepSite, staleSite }, now }: Situation): Next {
  if (recently(known.admission?.since, silentForMs, now)) return wait(`${staleSite}'s Infinispan to answer`);
  const question = `${keepSite} is out by decision, and ${staleSite}'s Infinispan does not answer, so it is not let in. Bring ${staleSite} back.`;
  return { kind: 'ask', gate: 'admitStaleSite', question, answers: [] };
}

function admit(situation: Situation): Next {
  const { observation, roles, known } = situation;
  // Asked for only where it does not hold, so there is such a group.
  const { arn } = groupsOrNone(observation).find(
    (group) => group.arn in known.groups && !endpointOf(group, roles.staleSite),
  ) as EndpointGroup;
  const command = addCommand(situation, arn);
  if (maySoonShow(situation, command)) return wait(`the accepted return of ${roles.staleSite} to be read`);
  return restore(situation, command, `by decision ${known.admission?.plan}`);
}
