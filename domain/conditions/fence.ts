/**
 * The fence, and its guard: the same rows serve both, because a proved fence is only a fence as long as it reads as one.
 *
 * Who contends here: the other site's alert (joined by the workflow id), other automation that edits endpoint groups, and
 * restarts of the kept site, which forget "offline". The order protects the invariants: replication is detached only after a
 * fence level has confirmed that the stale site serves nobody, and no group loses its last eligible endpoint.
 */
import { commandKey, type Command } from '../command';
import { refusalsOf } from '../command-outcome';
import { administrationObstacle, groupObstacle, healthStatus } from '../eligibility';
import { fenceConfirms } from '../fence-levels';
import { atGate } from '../gates';
import { wait, type Next } from '../next';
import { readAt, type EndpointGroup } from '../observation';
import { refusal, type Refusal } from '../refusals';
import { isAttached, isWantedIn, mayWriteBack } from '../phase';
import { hasCommands, type CacheName } from '../site-pair';
import { recently, seconds, type EpochMs } from '../time';
import { endpointOf, groupsHolding, groupsOf, groupsOrNone, isAdmitted } from '../traffic';
import { allAttached, allDetached, detachedCaches } from '../verdict';
import { addCommand, removeCommand, trafficMayChange, wasPutBackByOthers } from './changes';
import { failureBudget, maySoonShow, needsPerson, protect, type Condition, type Situation } from './condition';
import { goesOnWithoutTraffic, isConfirmedByAnyLevel, isFenceConfirmed, tryLevels } from './fence-levels';
import { mayBeHealing } from './healing';
import { keepSiteServes, mayHaveDetached } from './lost-site';

/** A site that somebody keeps putting back into a group is removed from it at most this often. */
const reRemovalSpacingMs = seconds(15);

const nothingUnderWay: Condition = {
  name: 'nothingUnderWay',
  because: 'nothing is detached while something that was sent could yet bring the stale site back into traffic',
  undo: 'none needed: nothing is done',
  holds: (situation) => isAttached(situation.known) || !trafficMayChange(situation),
  make: () => wait('an earlier command, which may still take effect'),
};

const someSiteInTraffic: Condition = {
  name: 'someSiteInTraffic',
  because: 'clients must have a site: the kept one vanished before anything was detached',
  undo: 'the stale site is removed again as soon as the kept one is back',
  holds: (situation) => groupToGiveBack(situation) === undefined,
  // Asked for only where it does not hold, so there is such a group.
  make: (situation) => giveBack(situation, groupToGiveBack(situation) as EndpointGroup),
};

const noPushUnderWay: Condition = {
  name: 'noPushUnderWay',
  because: 'a push that goes on, or hangs, would fill a site that is not to be filled now',
  undo: 'none needed: a synchronize pushes again',
  holds: (situation) => isAttached(situation.known) || pushing(situation).length === 0,
  make: (situation) => cancelPush(situation),
};

export const fenceConditions: readonly Condition[] = [
  someSiteInTraffic,
  {
    name: 'staleSiteOutOfTraffic',
    because: 'clients must reach one site only',
    undo: 'site online adds the endpoint again, with the settings recorded before the removal',
    holds: (situation) =>
      isWantedIn(situation.known) ||
      staleSiteOut(situation) ||
      wasReadOut(situation) ||
      wasLeftIn(situation) ||
      othersAreTried(situation),
    make: (situation) => removeFromTraffic(situation),
  },
  {
    name: 'splitStillOpen',
    because: 'nothing is detached when the link healed by itself',
    undo: 'none needed: nothing was detached',
    holds: (situation) => isAttached(situation.known) || !mayBeHealing(situation),
    make: ({ known, pair, roles }) =>
      wait(`the link to stay whole for ${pair.policy.stableSeconds} s before ${roles.staleSite} is put back`, {
        // Healed is said of a whole link only, so it is known since when it is whole.
        until: (known.linkWholeSince as EpochMs) + seconds(pair.policy.stableSeconds),
      }),
  },
  nothingUnderWay,
  keepSiteServes,
  {
    name: 'fenceLevelConfirmed',
    because: 'nothing is taken over before a fence level has confirmed that the stale site serves nobody',
    undo: 'a site that a fence device switched off is switched on again by decision, before it is synchronized',
    holds: (situation) => isAttached(situation.known) || servesNobody(situation),
    make: (situation) => tryLevels(situation),
  },
  {
    name: 'staleSiteDetached',
    because: 'the kept site must write without waiting for the stale one',
    undo: 'synchronize; merely bringing it online would leave the sites different for ever',
    holds: ({ observation, roles, known }) => isAttached(known) || allDetached(observation, roles.keepSite),
    make: (situation) => detach(situation),
  },
  {
    name: 'keepSiteOfflineOnStaleSite',
    because: 'from the heal on, a write that reaches the stale site must not overwrite the kept one',
    undo: 'synchronize brings it online as its last step',
    holds: (situation) =>
      mayWriteBack(situation.known) ||
      !isDue(situation) ||
      allDetached(situation.observation, situation.roles.staleSite),
    make: (situation) => dropKeepSite(situation, 'a write that reaches the stale site must not overwrite the kept one'),
  },
  noPushUnderWay,
  {
    name: 'staleSiteApplicationStopped',
    because: 'what is still written to the stale site is discarded in the end, and whoever wrote it is not told',
    undo: 'synchronize starts it again, on equal data',
    // Never in the way of what follows: a site that cannot be reached is stopped when the link is whole again.
    holds: (situation) => !mayStopApplication(situation),
    make: (situation) => protect(situation, stopCommand(situation), 'what is still written there is discarded'),
  },
  {
    name: 'acceleratorDeployed',
    because: 'the removal counts at the edge only once the accelerator is deployed',
    undo: 'none needed',
    holds: ({ known }) => isWantedIn(known) || known.planned === 'online' || known.deployedReadTwiceAt !== undefined,
    make: (situation) => leftInTraffic(situation) ?? wait('the accelerator to be DEPLOYED, read twice'),
  },
];

/**
 * The rows by which a run leaves: what was begun is made safe, as far as it can be read. A site that somebody put back
 * after it was detached is taken out again; one that is still in traffic is never detached on the way out.
 */
export const abortConditions: readonly Condition[] = [
  {
    name: 'trafficRead',
    because: 'what was begun can be made safe only once it is read whether the stale site is out',
    undo: 'none needed: nothing is done',
    holds: (situation) => groupsOf(situation.observation) !== undefined || isFenceConfirmed(situation),
    make: () => wait('Global Accelerator to answer'),
  },
  someSiteInTraffic,
  {
    name: 'staleSiteOutOfTraffic',
    because: 'nobody guards after an abort, so clients must not reach two sites that differ',
    undo: 'synchronize, then site online',
    holds: (situation) => !bothServeDifferent(situation),
    make: (situation) => removeFromTraffic(situation),
  },
  { ...nothingUnderWay, holds: (situation) => !trafficMayChange(situation) },
  {
    name: 'staleSiteDetachedOrServing',
    because: 'nobody guards after an abort, so a site that is out must not be written to by the kept one',
    undo: 'synchronize',
    holds: (situation) =>
      !isConfirmedByAnyLevel(situation) ||
      isLeftWhole(situation) ||
      allDetached(situation.observation, situation.roles.keepSite),
    make: (situation) => detach(situation),
  },
  {
    name: 'keepSiteOfflineOnStaleSite',
    because: 'nobody guards after an abort, so a write on the stale site must not overwrite the kept one',
    undo: 'synchronize brings it online as its last step',
    holds: (situation) =>
      !staleSiteOut(situation) ||
      isLeftWhole(situation) ||
      allDetached(situation.observation, situation.roles.staleSite),
    make: (situation) =>
      answers(situation)
        ? dropKeepSite(situation, 'nobody guards after an abort')
        : wait(`${situation.roles.staleSite}'s Infinispan to answer`),
  },
  { ...noPushUnderWay, holds: (situation) => isLeftWhole(situation) || pushing(situation).length === 0 },
];

/**
 * Somebody put the stale site back though it was detached, and was not compared equal since. A site that people let in instead of
 * the lost one is no such site.
 */
export function bothServeDifferent(situation: Situation): boolean {
  const { known, observation, roles } = situation;
  const groups = groupsOrNone(observation);
  const bothServe = [roles.keepSite, roles.staleSite].every((site) => isAdmitted(groups, site));
  return bothServe && mayHaveDetached(situation) && !mayWriteBack(known) && !known.admission?.begun;
}

/** Nothing was detached, or it was compared equal since and replicates both ways: that is no half-done work to be made safe. */
function isLeftWhole(situation: Situation): boolean {
  const { known, pair, observation } = situation;
  return mayWriteBack(known) && pair.sites.every((site) => allAttached(observation, site));
}

/** Caches of which the kept site is sending a push. */
function pushing({ observation, roles }: Situation): readonly CacheName[] {
  const statuses = readAt(observation, roles.keepSite, 'pushes') ?? {};
  return Object.keys(statuses)
    .filter((cache) => statuses[cache] === 'SENDING')
    .sort();
}

function cancelPush(situation: Situation): Next {
  const { keepSite: fromSite, staleSite: toSite } = situation.roles;
  const command: Command = { kind: 'cancelPush', fromSite, toSite, caches: pushing(situation) };
  if (maySoonShow(situation, command)) return wait('the cancelled push to be read');
  return protect(situation, command, 'it would fill a site that is not to be filled now');
}

function stopCommand({ roles }: Situation): Command {
  return { kind: 'stopApplication', site: roles.staleSite };
}

/** Tries during the fence; what failed so often is tried again before the synchronize. */
const stopTries = 3;

function mayStopApplication(situation: Situation): boolean {
  const { pair, known, state, roles, observation } = situation;
  const command = stopCommand(situation);
  const application = readAt(observation, roles.staleSite, 'application');
  const stopped = application === 'stopped' || known.applicationStoppedAt !== undefined;
  const wanted = hasCommands(pair, roles.staleSite) && known.provedSince !== undefined && !isAttached(known);
  const tried = (state.commands.failures[commandKey(command)]?.count ?? 0) >= stopTries;
  return wanted && !stopped && !tried && state.commands.running === undefined && !maySoonShow(situation, command);
}

function staleSiteOut({ observation, roles }: Situation): boolean {
  const groups = groupsOf(observation);
  return groups !== undefined && groupsHolding(groups, roles.staleSite).length === 0;
}

/**
 * Global Accelerator cannot be read, and the last that was read of it was a proved fence: a kept site that forgot "offline" is
 * detached again all the same, since nothing speaks against the fence and its clients would wait. What this run has asked back
 * may be there.
 */
function wasReadOut({ observation, known }: Situation): boolean {
  const memories = Object.values(known.groups);
  const isOut = memories.every(({ absentReadAt, putBackByUs }) => absentReadAt !== undefined && putBackByUs !== true);
  const out = memories.length > 0 && isOut;
  return groupsOf(observation) === undefined && known.fenceProved === true && out;
}

/** Global Accelerator does not confirm: while its next try is waited for, the other levels are tried. */
function othersAreTried(situation: Situation): boolean {
  return goesOnWithoutTraffic(situation) && removeFromTraffic(situation).kind === 'wait';
}

/**
 * A later level confirms the fence, and Global Accelerator still holds the site: its removal is tried on for ever, but nothing comes
 * after it, so once it was refused that often a person is asked.
 */
function leftInTraffic(situation: Situation): Next | undefined {
  const { observation, roles, state } = situation;
  const { staleSite } = roles;
  const groups = groupsHolding(groupsOrNone(observation), staleSite);
  for (const { arn, region } of groups) {
    const command = removeCommand(situation, arn);
    const failure = state.commands.failures[commandKey(command)];
    if (!failure || refusalsOf(failure) < failureBudget) continue;
    const message =
      `${staleSite} still stands in ${region}: its removal was refused ${refusalsOf(failure)} times (${failure.message}).` +
      ` Before it is read out of every endpoint group it is not brought back.` +
      ` Give the worker's role the right to remove it, or remove it by hand: the run goes on by itself`;
    return needsPerson(situation, command, failure.type, message);
  }
  return groups.length > 0 ? wait(`${staleSite} to be read out of every endpoint group`) : undefined;
}

/** A level confirms it; or the last that was read was a proved fence, and nothing speaks against it. */
function servesNobody(situation: Situation): boolean {
  const confirms = fenceConfirms(situation);
  return confirms === true || (confirms === undefined && wasReadOut(situation));
}

/** A planned return that was begun and left before: the site is in those groups only in which it was found, equal and replicating. */
function wasLeftIn({ observation, known, roles }: Situation): boolean {
  if (known.planned !== 'online') return false;
  const found = Object.entries(known.groups)
    .filter(([, { endpoints, absentReadAt }]) => {
      return absentReadAt === undefined && endpoints.some(({ site }) => site === roles.staleSite);
    })
    .map(([arn]) => arn);
  return groupsHolding(groupsOrNone(observation), roles.staleSite).every(({ arn }) => found.includes(arn));
}

function answers({ observation, roles }: Situation): boolean {
  return detachedCaches(observation, roles.staleSite) !== undefined;
}

function isDue(situation: Situation): boolean {
  return situation.known.keepSiteOfflineOnStaleDueSince !== undefined && answers(situation);
}

/** The group from which this run removed the stale site and in which the kept one is now missing, before any detach. */
function groupToGiveBack(situation: Situation): EndpointGroup | undefined {
  const { known, observation, roles } = situation;
  if (mayHaveDetached(situation)) return undefined;
  return groupsOf(observation)?.find(
    (group) =>
      known.groups[group.arn]?.removedByUs === true &&
      !endpointOf(group, roles.keepSite) &&
      !endpointOf(group, roles.staleSite),
  );
}

function giveBack(situation: Situation, { arn, region }: EndpointGroup): Next {
  const command = addCommand(situation, arn);
  if (maySoonShow(situation, command)) return wait(`the accepted return of ${command.site} to be read`);
  return protect(situation, command, `${situation.roles.keepSite} vanished from ${region}; clients must have a site`);
}

function removeFromTraffic(situation: Situation): Next {
  const { observation, roles, known, now } = situation;
  const groups = groupsOf(observation);
  if (!groups) return wait('Global Accelerator to answer');
  const group = groupsHolding(groups, roles.staleSite).find(
    ({ arn }) => !maySoonShow(situation, removeCommand(situation, arn)),
  );
  if (!group) return wait(`the accepted removal of ${roles.staleSite} to be read`);
  const command = removeCommand(situation, group.arn);
  const asked = askBeforeRemovingAgain(situation, group);
  if (asked) return asked;
  const obstacle = groupObstacle(group, roles, healthStatus(observation, roles.keepSite));
  if (obstacle) return { kind: 'refuse', refusal: obstacle };
  if (recently(known.groups[group.arn]?.reRemovedAt, reRemovalSpacingMs, now)) {
    return wait(`the next removal of ${roles.staleSite}, which somebody put back`);
  }
  return protect(situation, command, 'clients must reach one site only');
}

/** By policy a site that somebody put back is removed again only once a person agreed, in this epoch. */
function askBeforeRemovingAgain(situation: Situation, group: EndpointGroup): Next | undefined {
  const { known, pair, roles, observation } = situation;
  const putBack = wasPutBackByOthers(known.groups[group.arn]) && known.restoringSince === undefined;
  if (pair.policy.whenPutBack !== 'ask' || !putBack) return undefined;
  const where = groupsHolding(groupsOrNone(observation), roles.staleSite).map(({ region }) => region);
  const question = `${roles.staleSite} was put back into ${where.join(' and ')}, and not by this run: both sites are reachable. Remove it again?`;
  const gate = atGate(situation, { gate: 'fence', question, plan: { removeAgain: roles.staleSite }, atLeast: 1 });
  return 'question' in gate ? gate.question : undefined;
}

/** Blind tries are few: a kept site whose status cannot be read would rarely take a command, and each try costs history. */
const blindTries = 3;

function detach(situation: Situation): Next {
  const { observation, roles, state, known, now } = situation;
  const command: Command = { kind: 'takeBackupOffline', onSite: roles.keepSite, backupSite: roles.staleSite };
  const unread = detachedCaches(observation, roles.keepSite) === undefined;
  const failures = state.commands.failures[commandKey(command)]?.count ?? 0;
  const accepted = state.commands.acceptedAt[commandKey(command)];
  if (unread && (recently(accepted, seconds(10), now) || known.detachedAt !== undefined)) {
    return wait(`${roles.keepSite}'s Infinispan to answer`);
  }
  if (unread && failures >= blindTries) return { kind: 'refuse', refusal: cannotDetach(situation) };
  if (maySoonShow(situation, command)) return wait(`the accepted detach of ${roles.staleSite} to be read`);
  return protect(situation, command, 'the kept site must write without waiting for the stale one');
}

function cannotDetach({ roles, observation }: Situation): Refusal {
  // Asked for only where it could not be read, which is such an obstacle.
  const { message } = administrationObstacle(observation, roles.keepSite) as Refusal;
  return refusal('KeepSiteNotAdministrable', `${roles.staleSite} is out of traffic, but ${message}`);
}

function dropKeepSite(situation: Situation, because: string): Next {
  const { keepSite, staleSite } = situation.roles;
  const command: Command = { kind: 'takeBackupOffline', onSite: staleSite, backupSite: keepSite };
  if (maySoonShow(situation, command)) return wait(`the accepted detach of ${keepSite} on ${staleSite} to be read`);
  return protect(situation, command, because);
}
