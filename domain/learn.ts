/**
 * What one observation adds to what a run knows. Facts only: nothing here decides.
 * An unread leaf changes nothing, except that it freezes and finally voids what needs to be seen without a gap.
 */
import { fenceConfirms, mayBeSwitchedOff, trafficConfirms, type Confirmation } from './fence-levels';
import { heed } from './heed';
import { linkOf, sees } from './link';
import { readAt, valueOf, type Observation } from './observation';
import type { SiteName, SitePair } from './site-pair';
import { learnLevels } from './learn-levels';
import { learnDeployment, learnGroups, learnLoss } from './learn-traffic';
import { learnVote } from './learn-vote';
import { learnWayBack } from './learn-way-back';
import { isAttached, mayWriteBack, nextEpoch } from './phase';
import { startToleranceMs } from './starts';
import { learnStaleWrites } from './stale-writes';
import { find, note } from './notes';
import type { Known, Roles, RunState } from './state';
import { clockTime, seconds, type EpochMs } from './time';
import { allDetached, detachedCaches, unreportedCaches } from './verdict';

/** Unread for longer than this, a whole link has to prove itself anew. */
const linkUnknownVoidsMs = seconds(15);

export interface Lesson {
  pair: SitePair;
  state: RunState;
  observation: Observation;
  now: EpochMs;
}

/** What is learnt about a fence, once it is said who stays and who is fenced. */
export interface FenceLesson extends Lesson {
  roles: Roles;
}

export function learn(lesson: Lesson): Known {
  const withLink = learnVote(lesson, learnLink(lesson, heed(lesson, lesson.state.known)));
  const { roles } = withLink;
  if (!roles) return withLink;
  const steps = [
    learnMembers,
    learnGroups,
    learnLoss,
    learnLevels,
    learnKeepSite,
    learnStaleSite,
    learnDeployment,
    learnProof,
    learnWayBack,
  ];
  const learnt = steps.reduce((known, step) => step({ ...lesson, roles }, known), withLink);
  return learnStaleWrites(learnt, lesson.now);
}

/** Whether the link has been read whole for `stableSeconds`; time in which it was not read does not count. */
export function linkIsStable(known: Known, stableSeconds: number, now: EpochMs): boolean {
  const { linkWholeSince, linkUnknownSince } = known;
  return linkWholeSince !== undefined && (linkUnknownSince ?? now) - linkWholeSince >= seconds(stableSeconds);
}

function learnLink({ pair, observation, now }: Lesson, known: Known): Known {
  switch (linkOf(pair, observation)) {
    case 'notWhole':
      return { ...known, linkWholeSince: undefined, linkUnknownSince: undefined };
    case 'whole': {
      const frozenMs = known.linkUnknownSince === undefined ? 0 : now - known.linkUnknownSince;
      const since = known.linkWholeSince === undefined ? now : known.linkWholeSince + Math.max(0, frozenMs);
      return { ...known, linkWholeSince: Math.min(since, now), linkUnknownSince: undefined };
    }
    case 'unknown': {
      if (known.linkWholeSince === undefined) return known;
      const since = known.linkUnknownSince ?? now;
      if (now - since < linkUnknownVoidsMs) return { ...known, linkUnknownSince: since };
      return { ...known, linkWholeSince: undefined, linkUnknownSince: undefined };
    }
  }
}

function learnKeepSite(lesson: FenceLesson, known: Known): Known {
  const { observation, pair, now } = lesson;
  const { keepSite, staleSite } = lesson.roles;
  let learnt = learnRestart(lesson, known);
  const detached = detachedCaches(observation, keepSite);
  if (detached === undefined) return learnt;
  for (const cache of unreportedCaches(observation, keepSite, pair.caches)) {
    learnt = find(learnt, `${keepSite} reports no backup for the configured cache ${cache}`);
  }
  const all = allDetached(observation, keepSite);
  if (all && learnt.allDetachedSince === undefined) {
    learnt = note(learnt, now, `on ${keepSite} the backup to ${staleSite} read offline for ${detached.length} caches`, {
      since: known.detachRequestedAt,
      provedBy: 'the status of every cache, read',
    });
  }
  if (!all && learnt.allDetachedSince !== undefined) {
    learnt = note(learnt, now, `on ${keepSite} the backup to ${staleSite} reads online again`);
  }
  return {
    ...learnt,
    detachedCaches: detached,
    detachedAt: learnt.detachedAt ?? (detached.length > 0 ? now : undefined),
    allDetachedSince: all ? (learnt.allDetachedSince ?? now) : undefined,
  };
}

/** Starts and stores are counted by each server for itself: behind one URL of several they are now the one's, now the other's. */
function learnMembers({ pair, observation }: FenceLesson, known: Known): Known {
  const crowded = pair.sites.filter((site) => (readAt(observation, site, 'view')?.members.length ?? 0) > 1);
  return crowded.reduce((told, site) => find(told, severalServers(site)), known);
}

function severalServers(site: SiteName): string {
  return `${site} has several Infinispan servers: its URL has to lead to one and the same, or restarts are seen where there are none`;
}

/** A start after the latest one known, or after the run's own where none could be read before, is a restart. */
function learnRestart({ observation, state, roles: { keepSite }, now }: FenceLesson, known: Known): Known {
  const site = observation.sites[keepSite];
  const startedAt = site && valueOf(site.startedAt);
  if (!site || startedAt === undefined) return known;
  const before = known.keepSiteStartedAt ?? state.startedAt;
  if (startedAt - before <= startToleranceMs) {
    return { ...known, keepSiteStartedAt: known.keepSiteStartedAt ?? startedAt };
  }
  const sizes = valueOf(site.sizes);
  const left = sizes ? Object.values(sizes).reduce((sum, size) => sum + size, 0) : undefined;
  const holds = left === undefined ? '' : ` and held ${left} entries`;
  const said = `${keepSite}'s Infinispan restarted at ${clockTime(startedAt)}${holds} when read`;
  const told = find(note(known, now, said), said);
  return { ...told, keepSiteStartedAt: startedAt, keepSiteRestarts: known.keepSiteRestarts + 1 };
}

/** When the stale site's writes become dangerous: its old flows are over, it answers again, or it sees the kept site. */
function learnStaleSite({ pair, observation, roles, now }: FenceLesson, known: Known): Known {
  const { keepSite, staleSite } = roles;
  // Once it is to write back, that it does is no news.
  if (known.detachedAt === undefined || mayWriteBack(known)) return known;
  const site = observation.sites[staleSite];
  const answers = site !== undefined && valueOf(site.view) !== undefined;
  // Its device may say that it is on before it answers itself: by then it counts as switched off no more.
  const wasOff = mayBeSwitchedOff(known) || known.switchOn !== undefined;
  const reappeared = answers && (known.staleSiteAnsweredAtLatch === false || wasOff);
  const drains = Object.values(known.groups).map((group) => group.drainUntil);
  const drained = drains.length > 0 && drains.every((until) => until !== undefined && now >= until);
  const stopped = known.applicationStoppedAt !== undefined;
  const due = drained || reappeared || stopped || sees(pair, observation, staleSite) === true;
  const offline = allDetached(observation, staleSite);
  const unread = detachedCaches(observation, staleSite) === undefined;
  let learnt = known;
  if (due && known.keepSiteOfflineOnStaleDueSince === undefined) {
    const why = drained
      ? 'old flows are over'
      : reappeared
        ? `${staleSite} answers again`
        : stopped
          ? 'its application is stopped'
          : `${staleSite} sees its rival`;
    learnt = note(learnt, now, `${keepSite} is to be offline on ${staleSite}: ${why}`);
  }
  if (offline && known.keepSiteOfflineOnStaleSince === undefined) {
    learnt = note(learnt, now, `on ${staleSite} the backup to ${keepSite} read offline`, {
      since: known.keepSiteOfflineOnStaleDueSince,
      provedBy: 'the status of every cache, read',
    });
  }
  return {
    ...learnt,
    keepSiteOfflineOnStaleDueSince: known.keepSiteOfflineOnStaleDueSince ?? (due ? now : undefined),
    keepSiteOfflineOnStaleSince: offline
      ? (known.keepSiteOfflineOnStaleSince ?? now)
      : unread
        ? known.keepSiteOfflineOnStaleSince
        : undefined,
  };
}

/**
 * Fenced is what reads as fenced: confirmed by a fence level and detached on every cache, in one and the same observation.
 * One read that speaks against it ends the proof; a read that is missing neither proves nor disproves.
 */
function learnProof(lesson: FenceLesson, before: Known): Known {
  const { observation, roles, now } = lesson;
  if (isAttached(before)) return before;
  const out = fenceConfirms({ ...lesson, known: before });
  const detached = detachedCaches(observation, roles.keepSite) && allDetached(observation, roles.keepSite);
  const known: Known = { ...before, fenceProved: isStillProved(out, detached, before.fenceProved) };
  if (out === true && detached === true && known.provedSince === undefined) {
    const how = trafficConfirms(lesson) === true ? 'out of every endpoint group' : 'off, as its fence level says,';
    const told = note(known, now, `fenced: ${roles.staleSite} is out, ${roles.keepSite} serves alone`, {
      provedBy: `${how} and detached on every cache, in one observation`,
    });
    return { ...told, phase: 'fenced', provedSince: now, fencedAt: known.fencedAt ?? now };
  }
  if ((out === false || detached === false) && known.provedSince !== undefined) {
    const told = note(known, now, `the fence of ${roles.staleSite} no longer reads as one; restoring it`);
    return nextEpoch(told);
  }
  return known;
}

function isStillProved(
  out: Confirmation,
  detached: boolean | undefined,
  before: Known['fenceProved'],
): Known['fenceProved'] {
  if (out === false) return undefined;
  return out === true && detached === true ? true : before;
}
