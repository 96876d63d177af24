/**
 * The fence, and its guard: the same rows serve both, because a proved fence is only a fence as long as it reads as one.
 *
 * Who contends here: the other site's alert (joined by the workflow id), other automation that edits endpoint groups, and
 * restarts of the kept site, which forget "offline". The order protects the invariants: replication is detached only after
 * the stale site was read out of every endpoint group, and no group loses its last eligible endpoint.
 */
import { commandKey, type Command } from '../command';
import { groupObstacle, healthStatus } from '../eligibility';
import { linkOf } from '../link';
import { wait, type Next } from '../next';
import { known as isKnown, type EndpointGroup } from '../observation';
import { requestedFence } from '../requests';
import { recently, seconds } from '../time';
import { endpointOf, groupsHolding, groupsOf } from '../traffic';
import { allAttached, allDetached, detachedCaches } from '../verdict';
import { protect, type Condition, type Situation } from './condition';

/** How long an accepted removal may take to show in reads before it is asked for again. */
const removalSettlesMs = seconds(10);
/** A site that somebody keeps putting back is removed at most this often. */
const reRemovalSpacingMs = seconds(15);

export const fenceConditions: readonly Condition[] = [
  {
    name: 'someSiteInTraffic',
    because: 'clients must have a site: the kept one vanished before anything was detached',
    undo: 'the stale site is removed again as soon as the kept one is back',
    holds: (situation) => groupToGiveBack(situation) === undefined,
    make: (situation) => giveBack(situation),
  },
  {
    name: 'staleSiteOutOfTraffic',
    because: 'clients must reach one site only',
    undo: 'site online adds the endpoint again, with the settings recorded before the removal',
    holds: ({ observation, roles }) => {
      const groups = groupsOf(observation);
      return groups !== undefined && groupsHolding(groups, roles.staleSite).length === 0;
    },
    make: (situation) => removeFromTraffic(situation),
  },
  {
    name: 'splitStillOpen',
    because: 'nothing is detached when the link healed by itself',
    undo: 'none needed: nothing was detached',
    holds: (situation) => !healedBeforeDetach(situation),
    make: ({ known, pair }) =>
      wait(`the link to stay whole for ${pair.policy.stableSeconds} s before ${known.roles?.staleSite} is put back`, {
        until: (known.linkWholeSince ?? 0) + seconds(pair.policy.stableSeconds),
      }),
  },
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
    make: (situation) =>
      protect(
        situation,
        { kind: 'takeBackupOffline', onSite: situation.roles.staleSite, backupSite: situation.roles.keepSite },
        'a write that reaches the stale site must not overwrite the kept one',
      ),
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
    holds: (situation) => !staleSiteOut(situation) || !answers(situation) || keepSiteOffline(situation),
    make: (situation) =>
      protect(
        situation,
        { kind: 'takeBackupOffline', onSite: situation.roles.staleSite, backupSite: situation.roles.keepSite },
        'nobody guards after an abort',
      ),
  },
];

function staleSiteOut({ observation, roles }: Situation): boolean {
  const groups = groupsOf(observation);
  return groups !== undefined && groupsHolding(groups, roles.staleSite).length === 0;
}

function keepSiteOffline({ observation, roles }: Situation): boolean {
  return allDetached(observation, roles.staleSite);
}

function answers({ observation, roles }: Situation): boolean {
  const stale = observation.sites[roles.staleSite];
  return stale !== undefined && isKnown(stale.backups);
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

function giveBack(situation: Situation): Next {
  const group = groupToGiveBack(situation);
  if (!group) return wait('the endpoint groups to be read again');
  return protect(
    situation,
    addCommand(situation, group.arn),
    `${situation.roles.keepSite} vanished from ${group.region}; clients must have a site`,
  );
}

/** Puts the stale site back as it was read before its removal; what was recorded wins over the configuration. */
export function addCommand({ known, pair, roles }: Situation, groupArn: string): Command {
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

function removeFromTraffic(situation: Situation): Next {
  const { observation, roles, known, state, now } = situation;
  const groups = groupsOf(observation);
  if (!groups) return wait('Global Accelerator to answer');
  const [group] = groupsHolding(groups, roles.staleSite);
  if (!group) return wait('the endpoint groups to be read again');
  const command: Command = {
    kind: 'removeEndpoint',
    groupArn: group.arn,
    site: roles.staleSite,
    keepSite: roles.keepSite,
  };
  if (recently(state.commands.acceptedAt[commandKey(command)], removalSettlesMs, now)) {
    return wait(`the accepted removal of ${roles.staleSite} to be read`);
  }
  const obstacle = groupObstacle(group, roles, healthStatus(observation, roles.keepSite));
  if (obstacle) return { kind: 'refuse', refusal: obstacle };
  if (recently(known.reRemovals.at(-1), reRemovalSpacingMs, now)) {
    return wait(`the next removal of ${roles.staleSite}, which somebody put back`);
  }
  return protect(situation, command, 'clients must reach one site only');
}

/**
 * Whether the link healed by itself with nothing lost meanwhile: it is whole, both sites replicate, and the kept one was not
 * restarted. `unknown` when that cannot be read.
 */
export function healed({ pair, known, observation, roles }: Situation): boolean | 'unknown' {
  const link = linkOf(pair, observation);
  const detached = [roles.keepSite, roles.staleSite].map((site) => detachedCaches(observation, site));
  if (link === 'notWhole' || known.keepSiteRestarts > 0) return false;
  if (detached.some((caches) => caches !== undefined && caches.length > 0)) return false;
  if (link === 'unknown' || detached.includes(undefined)) return 'unknown';
  return allAttached(observation, roles.keepSite) && allAttached(observation, roles.staleSite);
}

/**
 * True while the run may still end without having detached anything: only for a run that an alert started, only before the
 * first detaching call, and only once in a run.
 */
export function healedBeforeDetach(situation: Situation): boolean {
  const { state, known } = situation;
  if (requestedFence(state) || known.adopted || known.restoredOnce) return false;
  if (known.detachRequestedAt !== undefined || known.detachedAt !== undefined) return false;
  return healed(situation) === true;
}

/** Blind tries are few: a kept site whose status cannot be read would rarely take a command, and each try costs history. */
const blindTries = 3;

function detach(situation: Situation): Next {
  const { observation, roles, state, now } = situation;
  const command: Command = { kind: 'takeBackupOffline', onSite: roles.keepSite, backupSite: roles.staleSite };
  const unread = detachedCaches(observation, roles.keepSite) === undefined;
  const failures = state.commands.failures[commandKey(command)]?.count ?? 0;
  const accepted = state.commands.acceptedAt[commandKey(command)];
  if (unread && (failures >= blindTries || recently(accepted, seconds(10), now) || situation.known.detachedAt)) {
    return wait(`${roles.keepSite}'s Infinispan to answer`);
  }
  return protect(situation, command, 'the kept site must write without waiting for the stale one');
}
