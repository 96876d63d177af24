/**
 * What one observation adds to what a run knows of a site on its way back, and what makes void what was begun.
 * Facts only. Unread changes nothing, except that nothing is ever proved by it.
 */
import { commandKey } from './command';
import { covers, discards, entriesOf, isEqual, type Comparison, type Progress } from './comparison';
import { unconfirmedCommands } from './conditions/condition';
import type { FenceLesson } from './learn';
import { linkOf } from './link';
import { note } from './notes';
import { confirmedAt } from './heed';
import { learnApplication } from './learn-application';
import { readAt, valueOf, type EndpointGroup, type Observation } from './observation';
import { isWantedIn, nextEpoch, phaseOf } from './phase';
import { tenthsOf } from './progress';
import { canRefresh, type SiteName, type SitePair } from './site-pair';
import { restartedSince } from './starts';
import type { Known, Roles, RunState } from './state';
import type { Synchronization } from './way-back';
import { clockTime, seconds, type EpochMs } from './time';
import { endpointOf, groupsHolding, groupsOf, groupsOrNone } from './traffic';
import { allAttached, detachedCaches } from './verdict';

/**
 * The last comparison, if it still counts: of these roles, in this epoch, and of sites that have not started anew since.
 * `undefined` also while a start cannot be read.
 */
export function validComparison({
  state,
  known,
  observation,
}: {
  state: Pick<RunState, 'commands'>;
  known: Known;
  observation: Observation;
}): Comparison | undefined {
  const { comparison } = state.commands;
  const { roles, epoch } = known;
  if (!comparison || !roles || comparison.epoch !== epoch || comparison.keepSite !== roles.keepSite) return undefined;
  const keep = restartedSince(observation, roles.keepSite, comparison.keepSiteStartedAt);
  const stale = restartedSince(observation, roles.staleSite, comparison.staleSiteStartedAt);
  return keep === false && stale === false ? comparison : undefined;
}

/** Everything about the way back; the last step of `learn`. */
export function learnWayBack(lesson: FenceLesson, known: Known): Known {
  const quiet = learnApplication(lesson, known);
  if (!quiet.synchronization && quiet.planned === undefined) return quiet;
  // Inside the soak both sites serve, and who is to be fenced is decided anew.
  const why = quiet.return?.servingAt === undefined ? whatVoids(lesson, quiet) : undefined;
  if (why !== undefined) return note(nextEpoch(quiet), lesson.now, `what was begun is void: ${why}`);
  const steps = [learnEmptied, learnPush, learnEquality, learnReattached, learnReady, learnRefreshed, learnServing];
  const learnt = steps.reduce((so, step) => step(lesson, so), quiet);
  return { ...learnt, phase: phaseOf(learnt) };
}

/** Why nothing that was begun in this epoch may go on; `undefined` while it may. */
export function whatVoids({ pair, state, observation, roles }: FenceLesson, known: Known): string | undefined {
  const { synchronization: way, planned } = known;
  const { keepSite, staleSite } = roles;
  const groups = groupsOf(observation);
  if (linkOf(pair, observation) === 'notWhole') return 'the sites do not see each other';
  // What did not become healthy in time is on its way out again, group by group.
  const isFailing = (arn: string): boolean =>
    known.return?.failedAt !== undefined && known.groups[arn]?.putBackByUs === true;
  const inTraffic = groups && groupsHolding(groups, staleSite).some(({ arn }) => !isFailing(arn));
  if (planned === undefined && !isWantedIn(known) && inTraffic) return `${staleSite} is in traffic`;
  // Of what was planned: since the roles were latched. The last start known may be the one that was learnt a moment ago.
  const keepRestarted = way ? restartedSince(observation, keepSite, way.keepSiteStartedAt) : known.keepSiteRestarts > 0;
  if (keepRestarted) return `${keepSite} restarted`;
  const staleStartedAt = way?.staleSiteStartedAt ?? known.staleSiteStartedAt ?? state.startedAt;
  if (restartedSince(observation, staleSite, staleStartedAt)) return `${staleSite} restarted`;
  if (way && isStoredUnasked(way, readAt(observation, staleSite, 'stores'))) {
    return `${staleSite} was written to after it was decided what is discarded`;
  }
  const attached = way ? way.equalAt !== undefined : planned === 'online';
  if (attached && (detachedCaches(observation, keepSite)?.length ?? 0) > 0) {
    return `${keepSite} does not replicate every cache to ${staleSite}`;
  }
  const writesBack = way ? way.reattachedAt !== undefined : planned === 'online';
  if (writesBack && (detachedCaches(observation, staleSite)?.length ?? 0) > 0) {
    return `${staleSite} does not replicate every cache to ${keepSite}`;
  }
  return undefined;
}

/** Before it is attached nobody but a stranger stores there. */
function isStoredUnasked({ pushStarts, staleSiteStores }: Synchronization, stores: number | undefined): boolean {
  return pushStarts.length === 0 && stores !== undefined && staleSiteStores !== undefined && stores !== staleSiteStores;
}

function learnEmptied({ observation, state, roles: { staleSite, keepSite }, now }: FenceLesson, known: Known): Known {
  const way = known.synchronization;
  if (!way || way.emptiedAt !== undefined || way.equalAt !== undefined) return known;
  // An attempt that timed out could empty what was filled, and compared, since.
  if (unconfirmedCommands({ state, now }).some(({ command }) => command.kind === 'emptySite')) return known;
  const accepted =
    state.commands.acceptedAt[
      commandKey({ kind: 'emptySite', site: staleSite, keepSite, keepSiteStartedAt: now, caches: [] })
    ];
  if (accepted === undefined || accepted < (way.pushStarts.at(-1) ?? way.since)) return known;
  const sizes = readAt(observation, staleSite, 'sizes');
  // Once it is attached the kept site's writes arrive all the time, and it never reads empty again.
  const empty = sizes !== undefined && way.caches.every((cache) => sizes[cache] === undefined || sizes[cache] === 0);
  if (!empty && way.pushStarts.length === 0) return known;
  const told = note(known, now, `${staleSite} is empty: ${way.caches.length} caches`, {
    since: way.since,
    provedBy: empty ? 'size 0 of every cache, read' : undefined,
  });
  return { ...told, synchronization: { ...way, emptiedAt: now } };
}

/** When the push under way was asked for; one from before the last emptying is none. */
export function pushStartedAt({ pushStarts, emptiedAt = 0 }: Synchronization): EpochMs | undefined {
  return pushStarts.findLast((at) => at >= emptiedAt);
}

function learnPush(lesson: FenceLesson, known: Known): Known {
  const way = known.synchronization;
  if (way?.emptiedAt === undefined || way.equalAt !== undefined) return known;
  const started = pushStartedAt(way);
  if (started === undefined) return known;
  const { observation, state, roles, now } = lesson;
  const backups = readAt(observation, roles.keepSite, 'backups');
  const statuses = readAt(observation, roles.keepSite, 'pushes');
  if (!backups || !statuses) return known;
  const key = commandKey({ kind: 'startPush', fromSite: roles.keepSite, toSite: roles.staleSite, caches: [] });
  const accepted = state.commands.acceptedAt[key];
  if (accepted === undefined || accepted < started) return known;
  const offline = way.caches.filter((cache) => backups[cache] !== 'online');
  const spoiled = [...new Set([...way.spoiled, ...offline])].sort();
  const pushed = way.caches.filter(
    (cache) => !spoiled.includes(cache) && (way.pushed.includes(cache) || statuses[cache] === 'OK'),
  );
  const done = pushed.length === way.caches.length;
  const progress = pushProgress(lesson, way, started);
  const next: Synchronization = {
    ...way,
    spoiled,
    pushed,
    progress,
    pushedAt: done ? (way.pushedAt ?? now) : undefined,
    pushedInRound: done ? (way.pushedInRound ?? state.commands.round) : undefined,
  };
  const told =
    done && way.pushedAt === undefined
      ? note(known, now, `pushed: ${way.caches.length} caches`, {
          since: started,
          provedBy: 'status OK of every cache, its backup online at every look',
        })
      : known;
  return { ...told, synchronization: next };
}

/** Entries on the stale site against those on the kept one; told anew with each tenth of the way, and no more often. */
function pushProgress({ observation, roles, now }: FenceLesson, way: Synchronization, since: EpochMs) {
  const sum = (site: SiteName): number | undefined => {
    const sizes = readAt(observation, site, 'sizes');
    return sizes && Object.values(sizes).reduce((all, one) => all + one, 0);
  };
  const total = sum(roles.keepSite);
  const done = sum(roles.staleSite);
  if (total === undefined || done === undefined || way.pushedAt !== undefined) return way.progress;
  const progress: Progress = { what: `push to ${roles.staleSite}`, done: Math.min(done, total), total, since, at: now };
  const before = way.progress;
  return before?.since === since && tenthsOf(before) === tenthsOf(progress) ? before : progress;
}

/** Equal, and compared wholly after the push: the one fact that lets the stale site write to the kept one again. */
function learnEquality(lesson: FenceLesson, known: Known): Known {
  const way = known.synchronization;
  if (!way || way.equalAt !== undefined || way.pushedAt === undefined) return known;
  const comparison = validComparison({ ...lesson, known });
  if (!comparison || !isComparedAfter(lesson.state, way.pushedInRound) || !covers(comparison, way.caches)) return known;
  const { keepSite, staleSite } = lesson.roles;
  if (isEqual(comparison)) {
    const told = note(known, lesson.now, `every key and value of ${keepSite} and ${staleSite} compared equal`, {
      since: comparison.startedAt,
      provedBy: `${entriesOf(comparison)} entries read on both sites`,
    });
    return { ...told, emptied: undefined, synchronization: { ...way, equalAt: comparison.endedAt } };
  }
  const told = note(
    known,
    lesson.now,
    `after the push ${discards(comparison)} keys of ${staleSite} are wrong, or more are missing`,
  );
  return { ...told, synchronization: again(way) };
}

/** Whether the last comparison was asked for after that round had begun. */
export function isComparedAfter({ commands }: Pick<RunState, 'commands'>, round: number | undefined): boolean {
  return round !== undefined && (commands.comparedInRound ?? 0) > round;
}

/** From the emptying on, under the same approval. */
function again(way: Synchronization): Synchronization {
  return {
    ...way,
    emptiedAt: undefined,
    pushed: [],
    spoiled: [],
    pushedAt: undefined,
    pushedInRound: undefined,
    progress: undefined,
  };
}

function learnReattached({ observation, roles, now }: FenceLesson, known: Known): Known {
  const way = known.synchronization;
  if (way?.equalAt === undefined || way.reattachedAt !== undefined) return known;
  if (!allAttached(observation, roles.staleSite)) return known;
  const told = note(known, now, `on ${roles.staleSite} the backup to ${roles.keepSite} read online`, {
    since: way.equalAt,
    provedBy: 'the status of every cache, read',
  });
  return { ...told, synchronization: { ...way, reattachedAt: now } };
}

/**
 * Started since it was stopped, or vouched for by a person; and its health URL, where it has one, says 200. A site that stands by is
 * ready as it is.
 */
function learnReady({ pair, state, observation, roles: { staleSite }, now }: FenceLesson, known: Known): Known {
  const way = known.synchronization;
  if (way?.reattachedAt === undefined || way.applicationReadyAt !== undefined) return known;
  if (pair.activePassive) {
    const told = note(
      known,
      now,
      `${staleSite} is synchronized; its sentinel starts it when it is to be the active one`,
    );
    return { ...told, synchronization: { ...way, applicationReadyAt: now } };
  }
  const health = observation.sites[staleSite]?.health;
  const key = commandKey({ kind: 'startApplication', site: staleSite });
  const said = Math.max(state.commands.acceptedAt[key] ?? 0, confirmedAt(known, key) ?? 0);
  const started = pair.workloads[staleSite] === 'none' || said >= way.reattachedAt;
  const stopped = readAt(observation, staleSite, 'application') === 'stopped';
  const healthy = health && ('unknown' in health ? health.unknown === 'NotObserved' : health.value === 200);
  if (!started || stopped || !healthy) return known;
  const told = note(known, now, `${staleSite} is synchronized and ready`, {
    since: way.reattachedAt,
    provedBy: 'value' in health ? 'its health URL, which said 200' : undefined,
  });
  return { ...told, synchronization: { ...way, applicationReadyAt: now } };
}

/** Answered as done since the stale site's application was ready, or vouched for by a person; nothing else shows it. */
function learnRefreshed({ pair, state, roles: { keepSite }, now }: FenceLesson, known: Known): Known {
  const way = known.synchronization;
  if (way?.applicationReadyAt === undefined || way.refreshedAt !== undefined) return known;
  const isNoneNeeded = !canRefresh(pair, keepSite);
  if (isNoneNeeded) return { ...known, synchronization: { ...way, refreshedAt: way.applicationReadyAt } };
  const key = commandKey({ kind: 'refreshApplication', site: keepSite });
  const isAnswered = (state.commands.acceptedAt[key] ?? 0) >= way.applicationReadyAt;
  if (!isAnswered && (confirmedAt(known, key) ?? 0) < way.applicationReadyAt) return known;
  const told = note(known, now, `${keepSite}'s application holds nothing any more from before the split`, {
    since: way.applicationReadyAt,
    provedBy: isAnswered ? 'its own answer for every realm' : undefined,
  });
  return { ...told, synchronization: { ...way, refreshedAt: now } };
}

function learnServing({ pair, observation, roles, now }: FenceLesson, known: Known): Known {
  const { staleSite } = roles;
  const back = known.return;
  if (back?.addRequestedAt === undefined || back.servingAt !== undefined || back.failedAt !== undefined) return known;
  const groups = groupsOrNone(observation).filter(({ arn }) => isToServe(known, staleSite, arn));
  const serving = groups.length > 0 && groups.every((group) => isBackIn(group, roles, pair));
  if (!serving || valueOf(observation.traffic.status) !== 'DEPLOYED') return known;
  const soakUntil = now + seconds(pair.policy.soakSeconds);
  const said = pair.activePassive ? 'is in traffic again' : 'serves again';
  const told = note(known, now, `${staleSite} ${said}; watched until ${clockTime(soakUntil)}`, {
    since: back.addRequestedAt,
    provedBy: pair.activePassive
      ? 'present in every endpoint group, one of the two sites healthy in each, accelerator DEPLOYED'
      : 'present and healthy in every endpoint group, accelerator DEPLOYED',
  });
  return { ...told, return: { ...back, servingAt: now, soakUntil } };
}

/** Healthy there; of an active and a passive site only one can be, and either will do. */
export function isBackIn(group: EndpointGroup, { keepSite, staleSite }: Roles, pair: SitePair): boolean {
  const isHealthy = (site: SiteName): boolean => endpointOf(group, site)?.health === 'HEALTHY';
  const isPresent = endpointOf(group, staleSite) !== undefined;
  return isHealthy(staleSite) || (pair.activePassive === true && isPresent && isHealthy(keepSite));
}

/** A group that held the site before its removal; or any group, of a planned return, or of a site that was found out of all of them. */
export function isToServe(known: Known, site: SiteName, groupArn: string): boolean {
  const held = Object.values(known.groups).some(({ endpoints }) => endpoints.some((one) => one.site === site));
  const memory = known.groups[groupArn];
  return (
    memory !== undefined && (known.planned === 'online' || !held || memory.endpoints.some((one) => one.site === site))
  );
}
