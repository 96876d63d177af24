/**
 * Site online: the site that is out, and was compared equal, gets clients again. Compared once more right before, added with
 * the settings recorded before the removal, watched for a while. An approval is good for one admission.
 */
import type { Command } from '../command';
import { covers, isEqual, type Comparison } from '../comparison';
import type { Asking } from '../gates';
import { heeded, unheed } from '../heed';
import { isBackIn, isComparedAfter, isToServe, validComparison } from '../learn-way-back';
import { linkOf } from '../link';
import { wait, type Next } from '../next';
import { readAt, type EndpointGroup } from '../observation';
import { areStartsRead } from '../starts';
import type { SiteName } from '../site-pair';
import type { Known } from '../state';
import type { Return } from '../way-back';
import { recently, seconds } from '../time';
import { endpointOf, groupsHolding, groupsOf, groupsOrNone } from '../traffic';
import { allAttached } from '../verdict';
import { addCommand, trafficMayChange } from './changes';
import { blockedBy, holding, maySoonShow, restore, type Condition, type Situation } from './condition';
import { cachesOf, compare } from './comparing';

/** A comparison older than this does not speak for what is about to be admitted. */
const freshMs = seconds(60);

/** The rows of an admission that was decided on. */
export const siteOnlineConditions: readonly Condition[] = [
  {
    name: 'replicationWhole',
    because: 'a site that does not replicate both ways drifts apart from its first client on',
    undo: 'none needed: nothing is done',
    holds: (situation) => isReplicationWhole(situation),
    make: () => wait('both sites to see each other and to replicate both ways'),
  },
  {
    name: 'applicationRuns',
    because: 'a site whose application was left stopped would be added, found unhealthy, and taken out again',
    undo: 'stop it again by the same driver',
    holds: (situation) => isLetIn(situation) || situation.pair.activePassive === true || !isStopped(situation),
    make: (situation) => start(situation),
  },
  {
    name: 'comparedAgain',
    because: 'hours may have passed between the synchronize and the approval',
    undo: 'none needed: it only reads',
    holds: (situation) => isLetIn(situation) || isFreshlyEqual(situation),
    make: (situation) => compareAgain(situation),
  },
  {
    name: 'staleSiteInTraffic',
    because: 'the settings recorded before the removal win over the configuration: that is what clients had',
    undo: 'sitewarden fence, or site-offline',
    holds: (situation) => missing(situation) === undefined && groupsOf(situation.observation) !== undefined,
    make: (situation) => add(situation),
  },
  {
    name: 'staleSiteServes',
    because: 'a site that is present and not healthy serves nobody; it is taken out again after a bound',
    undo: 'it is removed again by itself',
    holds: ({ known }) => known.return?.servingAt !== undefined,
    make: (situation) => serves(situation),
  },
  {
    name: 'soaked',
    because: 'a link that broke once often breaks again at once',
    undo: 'a new split is fenced in the same run, which then holds itself',
    holds: (situation) => isSoakOver(situation) && areStartsRead(situation.observation, situation.pair),
    make: (situation) => soak(situation),
  },
];

/** What a person is asked before clients are sent to the site again. */
export function askSiteOnline(situation: Situation): Asking {
  const { known, roles } = situation;
  const { keepSite, staleSite } = roles;
  // Of the groups as they are remembered: the plan stays the same while they cannot be read.
  const arns = Object.keys(known.groups)
    .filter((arn) => isToServe(known, staleSite, arn))
    .sort();
  const groups = arns.map((arn) => ({ arn, settings: addCommand(situation, arn).settings }));
  const { weight, clientIpPreservation } = addCommand(situation, arns[0] ?? '').settings;
  const settings = `weight ${weight}, client IP preservation ${clientIpPreservation ? 'on' : 'off'}`;
  return {
    gate: 'siteOnline',
    question:
      `Send clients to ${staleSite} again (${groups.length} endpoint group${groups.length === 1 ? '' : 's'}, ${settings})? ` +
      `About half of the new connections move there within a minute. Before that, every key and value is compared once more.`,
    plan: { keepSite, staleSite, groups, returns: known.returns ?? 0 },
    // It was taken out as planned, or by somebody else: that it comes back is a person's wish.
    atLeast: known.planned === 'online' ? 1 : 0,
  };
}

export function isReplicationWhole({ pair, observation }: Situation): boolean {
  return linkOf(pair, observation) === 'whole' && pair.sites.every((site) => allAttached(observation, site));
}

/** What is known once it was decided. */
export function beginReturn({ known, state, now }: Situation, plan: string, by: readonly string[]): Known {
  const back: Return = { plan, by, since: now, round: state.commands.round };
  return { ...known, return: back, returns: (known.returns ?? 0) + 1 };
}

/** Once this run has it in traffic; an addition that was only asked for, and refused, may be tried again hours later. */
function isLetIn({ known, observation, roles }: Situation): boolean {
  const holding = groupsHolding(groupsOrNone(observation), roles.staleSite);
  return known.return?.servingAt !== undefined || holding.some(({ arn }) => known.groups[arn]?.putBackByUs === true);
}

function isStopped({ observation, roles }: Situation): boolean {
  return readAt(observation, roles.staleSite, 'application') === 'stopped';
}

function start(situation: Situation): Next {
  const site = situation.roles.staleSite;
  const command: Command = { kind: 'startApplication', site };
  if (maySoonShow(situation, command)) return wait(`the application of ${site} to read running`);
  return restore(situation, command, 'a site whose application is stopped serves nobody');
}

function isFreshlyEqual(situation: Situation): boolean {
  const { now } = situation;
  const comparison = comparedSince(situation);
  return comparison !== undefined && isEqual(comparison) && recently(comparison.endedAt, freshMs, now);
}

/** The comparison that was asked for after this return was decided on. */
function comparedSince(situation: Situation): Comparison | undefined {
  const { known, state } = situation;
  const comparison = isComparedAfter(state, known.return?.round) ? validComparison(situation) : undefined;
  const caches = [...cachesOf(situation), ...(known.synchronization?.caches ?? [])];
  return comparison && covers(comparison, caches) ? comparison : undefined;
}

function compareAgain(situation: Situation): Next {
  const { known, roles, state } = situation;
  const comparison = comparedSince(situation);
  const { keepSite, staleSite } = roles;
  const isNew = comparison !== undefined && isComparedAfter(state, heeded(known, 'retry')?.round ?? -1);
  if (isNew && !isEqual(comparison) && !state.commands.running) {
    const command: Command = { kind: 'compareSites', keepSite, staleSite, caches: [], epoch: known.epoch };
    const way = `sitewarden synchronize ${situation.pair.name} --reason "..."`;
    const message = `${staleSite} differs from ${keepSite}, so it is not let in; synchronize it: ${way}`;
    return blockedBy(situation, command, 'ContentsDiffer', message);
  }
  // It would have to be read again every minute until somebody releases the run.
  return holding(situation) ?? compare(situation, 'what is let in has to be equal now, not hours ago');
}

function missing({ known, observation, roles }: Situation): EndpointGroup | undefined {
  return groupsOf(observation)?.find(
    (group) => isToServe(known, roles.staleSite, group.arn) && !endpointOf(group, roles.staleSite),
  );
}

function add(situation: Situation): Next {
  const group = missing(situation);
  if (!group) return wait('Global Accelerator to answer');
  const { known, roles } = situation;
  const command = addCommand(situation, group.arn);
  if (maySoonShow(situation, command)) return wait(`the accepted return of ${roles.staleSite} to be read`);
  const { servingAt, addRequestedAt = Infinity } = known.return ?? {};
  // Read absent anew since it was added: whoever took it out would be fought with for ever.
  const takenOut = (known.groups[group.arn]?.absentReadAt ?? 0) > addRequestedAt;
  if (servingAt !== undefined || takenOut) {
    const when = servingAt === undefined ? 'before it served' : 'inside its soak';
    const question = `Somebody took ${roles.staleSite} out of ${group.region} ${when}. Put it back by hand, or abort.`;
    return { kind: 'ask', gate: 'siteOnline', question, answers: [] };
  }
  return restore(situation, command, `by decision ${known.return?.plan ?? ''}`);
}

/** Past its bound it would have been given up, were the kept site healthy everywhere: as it is, a person has to look. */
function serves(situation: Situation): Next {
  const { pair, observation, roles } = situation;
  const { keepSite, staleSite } = roles;
  const groups = groupsHolding(groupsOrNone(observation), staleSite);
  const [sick, unkept] = [staleSite, keepSite].map((site) => unhealthyIn(groups, site));
  if (!isOverdue(situation) || !sick || !unkept)
    return wait(
      `${pair.activePassive ? 'a site' : staleSite} to be healthy in every endpoint group, and the accelerator DEPLOYED`,
    );
  const question =
    `${staleSite} is not healthy in ${sick}, and is not taken out again, since ${keepSite} is not healthy in ${unkept}. ` +
    `Make one of them healthy; the run then goes on by itself. Or abort.`;
  return { kind: 'ask', gate: 'siteOnline', question, answers: [] };
}

/** By region; empty where it is healthy in all of these. */
function unhealthyIn(groups: readonly EndpointGroup[], site: SiteName): string {
  const unhealthy = groups.filter((group) => endpointOf(group, site)?.health !== 'HEALTHY');
  return unhealthy.map(({ region }) => region).join(', ');
}

/** It was added, and has had the time that the policy gives it to become healthy. */
function isOverdue({ pair, known, now }: Pick<Situation, 'pair' | 'known' | 'now'>): boolean {
  const added = known.return?.addRequestedAt;
  return added !== undefined && !recently(added, seconds(pair.policy.healthyWithinSeconds), now);
}

function isSoakOver({ known, now }: Situation): boolean {
  return known.return?.soakUntil !== undefined && now >= known.return.soakUntil;
}

/** The run does not end before it is read that no site restarted, and came back empty, at the very end. */
function soak(situation: Situation): Next {
  if (isSoakOver(situation)) return wait('the start of both sites to be read');
  const { known, roles } = situation;
  return wait(`the end of the soak of ${roles.staleSite}`, { until: known.return?.soakUntil, pace: 'slow' });
}

/**
 * A site that was added and is not healthy within its bound is given up, as long as the kept one is healthy; what follows is
 * the guard's: it is taken out, and the run is Blocked until a person has it tried again.
 */
export function giveUpUnhealthy(situation: Situation): Known | undefined {
  const { pair, known, observation, roles, now } = situation;
  const back = known.return;
  if (!back || back.servingAt !== undefined || back.failedAt !== undefined || !isOverdue(situation)) return undefined;
  const groups = groupsHolding(groupsOrNone(observation), roles.staleSite);
  if (groups.every((group) => isBackIn(group, roles, pair)) || unhealthyIn(groups, roles.keepSite)) return undefined;
  return unheed({ ...known, return: { ...back, failedAt: now } }, 'retry');
}

/** After a failed admission: out again, and a person says `retry`, which asks for a new approval. */
export function afterFailure(situation: Situation): Next | Known | undefined {
  const { known, roles } = situation;
  if (known.return?.failedAt === undefined) return undefined;
  if (trafficMayChange(situation)) return wait('an earlier command, which may still take effect');
  if (heeded(known, 'retry')) return { ...known, return: undefined };
  const [arn = ''] = Object.keys(known.groups);
  const message = `${roles.staleSite} did not become healthy in time and was taken out again`;
  return blockedBy(situation, addCommand(situation, arn), 'EndpointUnhealthy', message);
}
