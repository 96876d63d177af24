/**
 * The fence, and its guard: the same rows serve both, because a proved fence is only a fence as long as it reads as one.
 *
 * Who contends here: the other site's alert (joined by the workflow id), other automation that edits endpoint groups, and
 * restarts of the kept site, which forget "offline". The order protects the invariants: replication is detached only after
 * the stale site was read out of every endpoint group, and no group loses its last eligible endpoint.
 */
import { commandKey, type Command } from '../command';
import { groupObstacle, healthStatus } from '../eligibility';
import { wait, type Next } from '../next';
import type { Endpoint, EndpointGroup } from '../observation';
import type { SiteName } from '../site-pair';
import { recently, seconds, type EpochMs } from '../time';
import { endpointOf, groupsHolding, groupsOf } from '../traffic';
import { allDetached, detachedCaches } from '../verdict';
import { maySoonShow, protect, unconfirmedCommand, type Condition, type Situation } from './condition';
import { mayBeHealing } from './healing';

/** A site that somebody keeps putting back into a group is removed from it at most this often. */
const reRemovalSpacingMs = seconds(15);

const nothingUnderWay: Condition = {
  name: 'nothingUnderWay',
  because: 'nothing is detached while something that was sent could yet bring the stale site back into traffic',
  undo: 'none needed: nothing is done',
  holds: (situation) => !trafficMayChange(situation),
  make: () => wait('an earlier command, which may still take effect'),
};

export const fenceConditions: readonly Condition[] = [
  {
    name: 'someSiteInTraffic',
    because: 'clients must have a site: the kept one vanished before anything was detached',
    undo: 'the stale site is removed again as soon as the kept one is back',
    holds: (situation) => groupToGiveBack(situation) === undefined,
    // Asked for only where it does not hold, so there is such a group.
    make: (situation) => giveBack(situation, groupToGiveBack(situation) as EndpointGroup),
  },
  {
    name: 'staleSiteOutOfTraffic',
    because: 'clients must reach one site only',
    undo: 'site online adds the endpoint again, with the settings recorded before the removal',
    holds: (situation) => staleSiteOut(situation),
    make: (situation) => removeFromTraffic(situation),
  },
  {
    name: 'splitStillOpen',
    because: 'nothing is detached when the link healed by itself',
    undo: 'none needed: nothing was detached',
    holds: (situation) => !mayBeHealing(situation),
    make: ({ known, pair, roles }) =>
      wait(`the link to stay whole for ${pair.policy.stableSeconds} s before ${roles.staleSite} is put back`, {
        // Healed is said of a whole link only, so it is known since when it is whole.
        until: (known.linkWholeSince as EpochMs) + seconds(pair.policy.stableSeconds),
      }),
  },
  nothingUnderWay,
  {
    name: 'staleSiteDetached',
    because: 'the kept site must write without waiting for the stale one',
    undo: 'synchronize; merely bringing it online would leave the sites different for ever',
    holds: ({ observation, roles }) => allDetached(observation, roles.keepSite),
    make: (situation) => detach(situation),
  },
  {
    name: 'keepSiteOfflineOnStaleSite',
    because: 'from the heal on, a write that reaches the stale site must not overwrite the kept one',
    undo: 'synchronize brings it online as its last step',
    holds: (situation) => !isDue(situation) || allDetached(situation.observation, situation.roles.staleSite),
    make: (situation) => dropKeepSite(situation, 'a write that reaches the stale site must not overwrite the kept one'),
  },
  {
    name: 'keepSiteServes',
    because:
      "clients must have a site: whether the stale one may serve again, without what was written since, is a human's decision",
    undo: 'none needed: nothing is done',
    holds: (situation) => situation.known.detachedAt === undefined || keepSiteServes(situation),
    make: ({ roles: { keepSite, staleSite } }) => ({
      kind: 'ask',
      gate: 'admitStaleSite',
      question:
        `${keepSite} is not in traffic or not healthy, and ${staleSite} lacks what was written since it was detached. ` +
        `Bring ${keepSite} back into traffic. Or is ${staleSite} to serve, and those writes to be lost?`,
    }),
  },
  {
    name: 'acceleratorDeployed',
    because: 'the removal counts at the edge only once the accelerator is deployed',
    undo: 'none needed',
    holds: ({ known }) => known.deployedReadTwiceAt !== undefined,
    make: () => wait('the accelerator to be DEPLOYED, read twice'),
  },
];

/**
 * The rows by which a run leaves: what was begun is made safe, as far as it can be read. A site that is still in traffic is
 * never detached on the way out.
 */
export const abortConditions: readonly Condition[] = [
  {
    name: 'trafficRead',
    because: 'what was begun can be made safe only once it is read whether the stale site is out',
    undo: 'none needed: nothing is done',
    holds: ({ observation }) => groupsOf(observation) !== undefined,
    make: () => wait('Global Accelerator to answer'),
  },
  nothingUnderWay,
  {
    name: 'staleSiteDetachedOrServing',
    because: 'nobody guards after an abort, so a site that is out must not be written to by the kept one',
    undo: 'synchronize',
    holds: (situation) => !staleSiteOut(situation) || allDetached(situation.observation, situation.roles.keepSite),
    make: (situation) => detach(situation),
  },
  {
    name: 'keepSiteOfflineOnStaleSite',
    because: 'nobody guards after an abort, so a write on the stale site must not overwrite the kept one',
    undo: 'synchronize brings it online as its last step',
    holds: (situation) => !staleSiteOut(situation) || allDetached(situation.observation, situation.roles.staleSite),
    make: (situation) =>
      answers(situation)
        ? dropKeepSite(situation, 'nobody guards after an abort')
        : wait(`${situation.roles.staleSite}'s Infinispan to answer`),
  },
];

function staleSiteOut({ observation, roles }: Situation): boolean {
  const groups = groupsOf(observation);
  return groups !== undefined && groupsHolding(groups, roles.staleSite).length === 0;
}

/** Whether clients reach the kept site: unread counts as yes, because nobody is asked about what may be fine. */
function keepSiteServes({ observation, roles }: Situation): boolean {
  const groups = groupsOf(observation);
  return !groups || groups.some((group) => isServing(endpointOf(group, roles.keepSite)));
}

function isServing(endpoint: Endpoint | undefined): boolean {
  return endpoint !== undefined && endpoint.health !== 'UNHEALTHY';
}

function answers({ observation, roles }: Situation): boolean {
  return detachedCaches(observation, roles.staleSite) !== undefined;
}

function isDue(situation: Situation): boolean {
  return situation.known.keepSiteOfflineOnStaleDueSince !== undefined && answers(situation);
}

/** The group from which this run removed the stale site and in which the kept one is now missing, before any detach. */
function groupToGiveBack({ known, observation, roles }: Situation): EndpointGroup | undefined {
  if (known.detachRequestedAt !== undefined || known.detachedAt !== undefined) return undefined;
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

/** Puts the stale site back as it was read before its removal; what was recorded wins over the configuration. */
export function addCommand({ known, pair, roles }: Situation, groupArn: string): Command & { site: SiteName } {
  const site = roles.staleSite;
  const declared = pair.endpoints[site];
  const recorded = known.groups[groupArn]?.endpoints.find((endpoint) => endpoint.site === site);
  return {
    kind: 'addEndpoint',
    groupArn,
    site,
    settings: {
      weight: recorded?.weight ?? declared?.weight ?? 0,
      clientIpPreservation: recorded?.clientIpPreservation ?? declared?.clientIpPreservation ?? false,
      attachmentArn: declared?.attachmentArn,
    },
  };
}

function removeCommand({ roles }: Situation, groupArn: string): Command {
  return { kind: 'removeEndpoint', groupArn, site: roles.staleSite, keepSite: roles.keepSite };
}

/**
 * Whether the stale site may yet come or go by something that this run sent. An addition counts although the site is there
 * already: it could land after a later removal, in this run or in the next.
 */
export function trafficMayChange(situation: Situation): boolean {
  const { observation, roles } = situation;
  const unconfirmed = unconfirmedCommand(situation);
  const mayLand = (command: Command): boolean =>
    maySoonShow(situation, command) || (unconfirmed !== undefined && commandKey(unconfirmed) === commandKey(command));
  const changing = groupsOf(observation)?.filter((group) => {
    const present = endpointOf(group, roles.staleSite) !== undefined;
    return mayLand(addCommand(situation, group.arn)) || (present && mayLand(removeCommand(situation, group.arn)));
  });
  return changing !== undefined && changing.length > 0;
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
  const obstacle = groupObstacle(group, roles, healthStatus(observation, roles.keepSite));
  if (obstacle) return { kind: 'refuse', refusal: obstacle };
  if (recently(known.groups[group.arn]?.reRemovedAt, reRemovalSpacingMs, now)) {
    return wait(`the next removal of ${roles.staleSite}, which somebody put back`);
  }
  return protect(situation, command, 'clients must reach one site only');
}

/** Blind tries are few: a kept site whose status cannot be read would rarely take a command, and each try costs history. */
const blindTries = 3;

function detach(situation: Situation): Next {
  const { observation, roles, state, known, now } = situation;
  const command: Command = { kind: 'takeBackupOffline', onSite: roles.keepSite, backupSite: roles.staleSite };
  const unread = detachedCaches(observation, roles.keepSite) === undefined;
  const failures = state.commands.failures[commandKey(command)]?.count ?? 0;
  const accepted = state.commands.acceptedAt[commandKey(command)];
  if (unread && (failures >= blindTries || recently(accepted, seconds(10), now) || known.detachedAt !== undefined)) {
    return wait(`${roles.keepSite}'s Infinispan to answer`);
  }
  if (maySoonShow(situation, command)) return wait(`the accepted detach of ${roles.staleSite} to be read`);
  return protect(situation, command, 'the kept site must write without waiting for the stale one');
}

function dropKeepSite(situation: Situation, because: string): Next {
  const { keepSite, staleSite } = situation.roles;
  const command: Command = { kind: 'takeBackupOffline', onSite: staleSite, backupSite: keepSite };
  if (maySoonShow(situation, command)) return wait(`the accepted detach of ${keepSite} on ${staleSite} to be read`);
  return protect(situation, command, because);
}
