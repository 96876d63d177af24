/**
 * What has to be so before a person is asked whether the stale site may be emptied: nobody writes to it, and what would be
 * discarded is counted. The guard's rows come before these in every round.
 */
import type { Command } from '../command';
import { covers, discards, sayDiscards, type Comparison } from '../comparison';
import { quietMs } from '../learn-application';
import { validComparison } from '../learn-way-back';
import { wait, type Next } from '../next';
import { readAt } from '../observation';
import type { Asking } from '../gates';
import { isAttached } from '../phase';
import { clockTime, recently, seconds } from '../time';
import { allDetached, detachedCaches } from '../verdict';
import { maySoonShow, needsPerson, prepare, type Condition, type Situation } from './condition';
import { cachesOf, compare } from './comparing';

/** What has to be so before a person is asked. */
export const beforeSynchronize: readonly Condition[] = [
  {
    name: 'staleSiteQuiet',
    because: 'whatever is still written to the stale site is discarded, and nobody would be told',
    undo: 'the application is started again as the last step but one',
    holds: (situation) => isQuiet(situation),
    make: (situation) => quieten(situation),
  },
  {
    name: 'keepSiteSound',
    because: 'a site that is degraded or moves its entries is no source to fill another one from',
    undo: 'none needed: nothing is done',
    holds: ({ observation, roles }) => readAt(observation, roles.keepSite, 'cluster') === 'HEALTHY',
    make: ({ roles }) => wait(`the cluster of ${roles.keepSite} to be healthy`),
  },
  {
    name: 'cachesRead',
    because: 'what is not read cannot be counted, and what is not counted is not discarded',
    undo: 'none needed: nothing is done',
    holds: (situation) =>
      cachesOf(situation).length > 0 && detachedCaches(situation.observation, situation.roles.staleSite) !== undefined,
    make: () => wait('the caches of both sites to be read'),
  },
  {
    name: 'keepSiteOfflineOnStaleSite',
    because: 'a clear or a write on the stale site must not reach the kept one',
    undo: 'the last step brings it online again',
    holds: ({ observation, roles }) => allDetached(observation, roles.staleSite),
    make: ({ roles }) => wait(`${roles.keepSite} to be offline on ${roles.staleSite}`),
  },
  {
    name: 'discardCounted',
    because: 'whoever approves has to see what will be discarded',
    undo: 'none needed: it only reads',
    holds: (situation) => previewOf(situation) !== undefined,
    make: (situation) => countDiscard(situation),
  },
];

/**
 * Nobody writes to the stale site: its driver reads the application stopped; or a person, or a command without a status of its
 * own, said so, and its store counter has stood still for 30 s. Once the kept site replicates to it, its own writes move that
 * counter; then the word alone counts, and the comparison finds what else was written.
 */
export function isQuiet({ pair, known, observation, roles, now }: Situation): boolean {
  const application = readAt(observation, roles.staleSite, 'application');
  if (application !== undefined) return application === 'stopped';
  const said = known.applicationStoppedAt !== undefined || pair.workloads[roles.staleSite] === 'none';
  const stores = readAt(observation, roles.staleSite, 'stores');
  const unchanged = known.storesUnchanged;
  const still = unchanged !== undefined && unchanged.stores === stores && !recently(unchanged.since, quietMs, now);
  return said && (still || isAttached(known));
}

export function quieten(situation: Situation): Next {
  const { pair, known, observation, roles } = situation;
  const site = roles.staleSite;
  const command: Command = { kind: 'stopApplication', site };
  const application = readAt(observation, site, 'application');
  const stopped = application === undefined && known.applicationStoppedAt !== undefined;
  if (pair.workloads[site] === 'none' || stopped) return whileWrittenTo(situation, command);
  if (pair.workloads[site] === 'manual') {
    return needsPerson(situation, command, 'WorkloadManual', `stop the application of ${site}, then confirm`);
  }
  if (maySoonShow(situation, command)) return wait(`the application of ${site} to read stopped`);
  return prepare(situation, command, 'whatever is still written to the stale site is discarded');
}

/** Whoever still writes there is not found by waiting. */
const quietWithinMs = seconds(300);

function whileWrittenTo(situation: Situation, command: Command): Next {
  const { known, roles, now } = situation;
  const since = Math.max(known.linkWholeSince ?? now, known.applicationStoppedAt ?? 0);
  if (recently(since, quietWithinMs, now)) return wait(`${roles.staleSite} to be written to by nobody for 30 s`);
  const message = `${roles.staleSite} is still written to, or its store counter cannot be read: find out by whom`;
  return needsPerson(situation, command, 'SiteNotQuiet', message);
}

/** What would be discarded, as long as nothing was stored on the stale site since it was counted. */
export function previewOf(situation: Situation): Comparison | undefined {
  const { known, observation, roles } = situation;
  const comparison = validComparison(situation);
  const sizes = readAt(observation, roles.staleSite, 'sizes');
  const stores = readAt(observation, roles.staleSite, 'stores');
  const unchanged = known.storesUnchanged;
  if (!comparison || !sizes || stores === undefined || !unchanged) return undefined;
  if (unchanged.stores !== stores || unchanged.since > comparison.startedAt) return undefined;
  const grown = Object.entries(comparison.caches).some(
    ([cache, { staleEntries }]) => (sizes[cache] ?? 0) > staleEntries,
  );
  return grown || !covers(comparison, cachesOf(situation)) ? undefined : comparison;
}

/** While something is still stored there, a count would be void before it ended. */
function countDiscard(situation: Situation): Next {
  const { known, observation, roles } = situation;
  const stores = readAt(observation, roles.staleSite, 'stores');
  if (stores === undefined || known.storesUnchanged?.stores !== stores) {
    return wait(`${roles.staleSite} to be written to by nobody`);
  }
  return compare(situation, 'whoever approves has to see what will be discarded');
}

/** What a person is asked before anything is discarded. */
export function askSynchronize(situation: Situation, preview: Comparison): Asking {
  const { pair, known, roles } = situation;
  const { keepSite, staleSite } = roles;
  const caches = Object.keys(preview.caches).sort();
  const entries = (side: 'keepEntries' | 'staleEntries'): number =>
    Object.values(preview.caches).reduce((sum, cache) => sum + cache[side], 0);
  const [kept, stale] = [entries('keepEntries'), entries('staleEntries')];
  const restarted = known.keepSiteRestarts > 0;
  const cacheEmpty = Object.values(preview.caches).some((cache) => cache.keepEntries === 0 && cache.staleEntries > 0);
  // A source that lost what the other one still has: it restarted before this run knew it, or somebody cleared it.
  const hollow = cacheEmpty || kept * 2 < stale;
  const warning =
    restarted || hollow
      ? ` Beware: ${keepSite} ${restarted ? `restarted at ${clockTime(known.keepSiteStartedAt ?? 0)} and ` : ''}holds ${kept} entries; ${staleSite} holds ${stale}.`
      : '';
  const nobody =
    pair.workloads[staleSite] === 'none'
      ? ` Nothing tells us whether the application of ${staleSite} is stopped: stop it before.`
      : '';
  return {
    gate: 'synchronize',
    question: `Empty ${staleSite} and fill it from ${keepSite}? ${sayDiscards(preview)} of ${staleSite} are discarded.${warning}${nobody}`,
    plan: {
      keepSite,
      staleSite,
      caches,
      groups: Object.keys(known.groups).sort(),
      keepSiteStartedAt: known.keepSiteStartedAt ?? null,
      restarts: known.keepSiteRestarts,
      hollow,
    },
    discards: discards(preview),
    // An empty source would wipe out what is left: never by itself.
    atLeast: restarted || hollow ? 1 : 0,
  };
}
