/**
 * Synchronize: the stale site is emptied and filled anew from the kept one, proved equal by every key and value, and only
 * then may it write to the kept one again. The guard's rows come before these in every round.
 *
 * The order protects the invariants: nothing is emptied before a person saw what is discarded, and while the site is in
 * traffic or could write to the kept one (S7); the backup to the kept site comes online last, and only after a comparison.
 */
import { commandKey, type Command } from '../command';
import { discards, type Comparison } from '../comparison';
import { heeded } from '../heed';
import { pushStartedAt } from '../learn-way-back';
import { linkOf } from '../link';
import { wait, type Next } from '../next';
import { readAt } from '../observation';
import { hasCommands, type CacheName } from '../site-pair';
import { areStartsRead } from '../starts';
import type { Known } from '../state';
import type { Synchronization } from '../way-back';
import { recently, seconds, type EpochMs } from '../time';
import { groupsOf } from '../traffic';
import { blockedBy, maySoonShow, restore, type Condition, type Situation } from './condition';
import { compare } from './comparing';
import { isQuiet, quieten } from './prepare-synchronize';

/** Pushes under one approval before a person has to look. */
const mostPushes = 3;

/** The rows of a synchronize that was decided on. */
export const synchronizeConditions: readonly Condition[] = [
  {
    name: 'linkWhole',
    because: 'a push over a broken link re-attaches the stale site and sends nothing',
    undo: 'none needed: nothing is done',
    holds: ({ pair, observation }) => linkOf(pair, observation) === 'whole',
    make: () => wait('both sites to see each other'),
  },
  {
    name: 'staleSiteEmpty',
    because: 'a push overwrites and never deletes: what only the stale site has would stay for ever',
    undo: 'none: what only the stale site had is discarded, as approved',
    holds: ({ known }) =>
      known.synchronization?.emptiedAt !== undefined || known.synchronization?.equalAt !== undefined,
    make: (situation) => empty(situation),
  },
  {
    name: 'staleSiteFilled',
    because: 'the stale site has to hold everything that the kept one holds; starting a push attaches it again',
    undo: 'the guard detaches it again, as soon as a site does not see the other',
    holds: ({ known }) => known.synchronization?.pushedAt !== undefined || known.synchronization?.equalAt !== undefined,
    make: (situation) => push(situation),
  },
  {
    name: 'contentsEqual',
    because: 'a push can end OK and yet have left values out; only every key and value proves it',
    undo: 'none needed: it only reads',
    holds: ({ known }) => known.synchronization?.equalAt !== undefined,
    make: (situation) => compare(situation, 'only every key and value proves that a push left nothing out'),
  },
  {
    name: 'keepSiteOnlineOnStaleSite',
    because: 'from here on a write at either site reaches the other one',
    undo: 'the guard takes it offline again when the link breaks',
    holds: ({ known }) => known.synchronization?.reattachedAt !== undefined,
    make: (situation) => writeBack(situation),
  },
  {
    name: 'applicationReady',
    because: 'an application that ran through the split holds what was discarded; it starts anew, on equal data',
    undo: 'stop it again by the same driver',
    holds: ({ known }) => known.synchronization?.applicationReadyAt !== undefined,
    make: (situation) => start(situation),
  },
  {
    name: 'keepSiteRefreshed',
    because:
      "the kept site's Keycloak still holds what was changed at the stale one: whoever was disabled there could log in",
    undo: 'none needed: it reads its database anew',
    holds: ({ known }) => known.synchronization?.refreshedAt !== undefined,
    make: (situation) => {
      const command: Command = { kind: 'refreshApplication', site: situation.roles.keepSite };
      return restore(
        situation,
        command,
        'what was changed at the stale site is in the database, and not in its caches',
      );
    },
  },
];

/** What is known once it was decided. */
export function begun(situation: Situation, preview: Comparison, plan: string, by: readonly string[]): Known {
  const { known, observation, roles, now } = situation;
  const synchronization: Synchronization = {
    plan,
    by,
    since: now,
    discarded: discards(preview),
    preview: preview.caches,
    keepSiteStartedAt: preview.keepSiteStartedAt,
    staleSiteStartedAt: preview.staleSiteStartedAt,
    staleSiteStores: readAt(observation, roles.staleSite, 'stores'),
    caches: Object.keys(preview.caches).sort(),
    pushStarts: [],
    pushed: [],
    spoiled: [],
  };
  return { ...known, synchronization };
}

function empty(situation: Situation): Next {
  const { known, pair, roles, observation } = situation;
  const { caches, pushStarts, keepSiteStartedAt } = decided(known);
  const { keepSite, staleSite: site } = roles;
  const command: Command = { kind: 'emptySite', site, keepSite, keepSiteStartedAt, caches };
  if (!isQuiet(situation)) return quieten(situation);
  if (pushesSince(situation) >= mostPushes) {
    const message = `${pushStarts.length} pushes, and ${roles.staleSite} still differs from ${roles.keepSite}`;
    return blockedBy(situation, command, 'ContentsDiffer', message);
  }
  // The guard goes on with what was read last; nothing is emptied by that.
  if (!groupsOf(observation)) return wait('Global Accelerator to answer');
  if (maySoonShow(situation, command)) return wait(`${roles.staleSite} to read empty`);
  // A kept site that restarted empty a moment ago would be no source, and what is emptied here the only copy.
  if (!areStartsRead(observation, pair)) return wait('the start of both sites to be read');
  return restore(situation, command, 'a push overwrites and never deletes');
}

function push(situation: Situation): Next {
  const { known, roles, observation } = situation;
  const { keepSite: fromSite, staleSite: toSite } = roles;
  const way = decided(known);
  const statuses = readAt(observation, fromSite, 'pushes');
  if (!statuses) return wait(`the pushes of ${fromSite} to be read`);
  const start = (caches: readonly CacheName[]): Command => ({ kind: 'startPush', fromSite, toSite, caches });
  const started = pushStartedAt(way);
  const failed = failedSince(situation, start([]), started);
  const under = way.caches.filter((cache) => statuses[cache] === 'SENDING');
  // Of no use: begun before or beside this one, hanging, or missing what was written while its backup was offline.
  const useless = started === undefined || failed || hangs(situation, started);
  const stuck = under.filter((cache) => useless || way.spoiled.includes(cache));
  if (stuck.length > 0) {
    const cancel: Command = { kind: 'cancelPush', fromSite, toSite, caches: stuck };
    if (maySoonShow(situation, cancel)) return wait('the cancelled push to be read');
    return restore(situation, cancel, 'a push that was under way before, hangs, or missed writes is of no use');
  }
  if (under.length > 0) return wait(`the push of ${way.caches.length} caches to ${toSite}`);
  if (started !== undefined && !failed && maySoonShow(situation, start([]))) return wait('the push to be read');
  const caches = way.caches.filter((cache) => !way.pushed.includes(cache));
  if (pushesSince(situation) >= mostPushes && !failed) {
    const said = caches.map((cache) => `${cache} ${statuses[cache] ?? 'unknown'}`).join(', ');
    return blockedBy(situation, start(caches), 'PushFailed', `${mostPushes} pushes, and yet: ${said}`);
  }
  return restore(situation, start(caches), 'the stale site has to hold everything that the kept one holds');
}

function failedSince({ state }: Situation, command: Command, since: EpochMs | undefined): boolean {
  const failure = state.commands.failures[commandKey(command)];
  return failure !== undefined && since !== undefined && failure.at >= since;
}

/** A push of which not a tenth more arrived for so long hangs. */
const hangsAfterMs = seconds(900);

function hangs({ known, now }: Situation, started: EpochMs): boolean {
  const { progress } = decided(known);
  const movedAt = Math.max(started, progress?.at ?? 0);
  return now >= movedAt && !recently(movedAt, hangsAfterMs, now);
}

/** Pushes that were started since a person last said `retry`. */
function pushesSince(situation: Situation): number {
  const retried = retriedAt(situation);
  return decided(situation.known).pushStarts.filter((at) => at >= retried).length;
}

/** When a person last said `retry`. */
function retriedAt({ known }: Pick<Situation, 'known'>): EpochMs {
  return heeded(known, 'retry')?.at ?? 0;
}

function writeBack(situation: Situation): Next {
  const { keepSite, staleSite } = situation.roles;
  const command: Command = { kind: 'bringBackupOnline', onSite: staleSite, backupSite: keepSite };
  if (maySoonShow(situation, command)) return wait(`the backup to ${keepSite} to read online on ${staleSite}`);
  return restore(situation, command, 'every key and value compared equal');
}

/** How long an application that was started may take until its health URL says 200. */
const readyWithinMs = seconds(300);

function start(situation: Situation): Next {
  const { pair, roles, state, now, known } = situation;
  const site = roles.staleSite;
  const command: Command = { kind: 'startApplication', site };
  const accepted = state.commands.acceptedAt[commandKey(command)];
  const since = known.synchronization?.reattachedAt ?? now;
  const isNone = pair.workloads[site] === 'none';
  const isStarted = isNone || (accepted !== undefined && accepted >= since);
  const startedAt = isNone ? since : (accepted ?? since);
  if (isStarted && recently(startedAt, readyWithinMs, now)) {
    return wait(isNone ? `the health URL of ${site} to say 200` : `the application of ${site} to be ready`);
  }
  if (isNone || (isStarted && hasCommands(pair, site) && retriedAt(situation) <= startedAt)) {
    const message = `the health URL of ${site} does not say 200: see to its application`;
    return blockedBy(situation, command, 'HealthUnreachable', message);
  }
  if (pair.workloads[site] === 'manual') {
    return blockedBy(situation, command, 'WorkloadManual', `start the application of ${site}, then confirm`);
  }
  return restore(situation, command, 'it starts anew, on equal data');
}

function decided(known: Known): Synchronization {
  if (!known.synchronization) throw new Error('a synchronize step without a synchronize');
  return known.synchronization;
}
