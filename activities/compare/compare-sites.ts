import type { CacheComparison, Comparison } from '../../domain/comparison';
import { OperatingFailure, type FailureType } from '../../domain/failure-types';
import type { CacheName } from '../../domain/site-pair';
import type { EpochMs } from '../../domain/time';
import type { EntryDigest, ReplicationGateway } from '../../gateways/ports';
import type { Attempt } from '../attempt';
import { replicationBetween, type Effect } from '../effect';
import { Buckets, type Suspects } from './buckets';
import { noDifferences, Settling, type Differences, type Entries, type Held, type Reading } from './differences';
import { Pace } from './pace';
import { pause, together } from './together';

/** Entries that are held in memory and looked into one by one, on either site and of one cache. */
const lookedInto = 20_000;
const mostHeld = 2 * lookedInto;
/** Infinispan counts its time in whole seconds, so two reads of one start may differ by one. */
const startToleranceMs = 3_000;
/** How far two reads of the same entries are apart, and how often what moves on is read again. */
const apartMs = 1_000;
const readings = 5;

interface Sides {
  keep: ReplicationGateway;
  stale: ReplicationGateway;
}

interface Comparing {
  sides: Sides;
  afterPush: boolean;
  pushedAt?: EpochMs;
  attempt: Attempt;
  pace: Pace;
}

/**
 * Compares every key and value of some caches of both sites. Changes nothing; a repeat begins anew.
 * Memory is flat: the first reading sums entries up in a fixed number of buckets, and only buckets that differ are looked into
 * again, up to a bound of entries. Differences are told from live writes by reading them again, see `Settling`.
 * Failure codes: `ComparisonVoid` (a site restarted meanwhile), the Infinispan codes.
 */
export const compareSites: Effect<'compareSites'> = async (configured, command, attempt) => {
  const { keepSite, staleSite, epoch, caches, afterPush = false, pushedAt } = command;
  const sides: Sides = {
    keep: replicationBetween(configured, keepSite, staleSite),
    stale: replicationBetween(configured, staleSite, keepSite),
  };
  const startedAt = attempt.clock.now();
  const [keepSiteStartedAt, staleSiteStartedAt] = await eachSide(sides, attempt.signal, readStart);
  const pace = await Pace.over(sides, caches, attempt);
  const compared: Record<CacheName, CacheComparison> = {};
  const comparing: Comparing = { sides, afterPush, pushedAt, attempt, pace };
  for (const cache of caches) compared[cache] = await compareCache(comparing, cache);
  const [keepSiteStart, staleSiteStart] = await eachSide(sides, attempt.signal, readStart);
  requireSameStart(keepSite, keepSiteStartedAt, keepSiteStart);
  requireSameStart(staleSite, staleSiteStartedAt, staleSiteStart);
  const comparison: Comparison = {
    ...{ keepSite, staleSite, epoch, startedAt, endedAt: attempt.clock.now() },
    ...{ keepSiteStartedAt, staleSiteStartedAt, caches: compared },
  };
  return { said: `compared ${caches.join(', ')}`, comparison };
};

const readStart = (side: ReplicationGateway, signal: AbortSignal): Promise<EpochMs> => side.readStartedAt(signal);

function requireSameStart(site: string, before: EpochMs, after: EpochMs): void {
  if (Math.abs(after - before) <= startToleranceMs) return;
  const message = `${site} restarted while it was being compared: what was read of it before is gone.`;
  throw new OperatingFailure('ComparisonVoid', message, { retryable: true });
}

type ReadDigests = (side: ReplicationGateway, signal: AbortSignal) => AsyncIterable<EntryDigest>;

/** A list of entries that breaks off, or is no JSON, is one that the server cannot write: then both sites are read entry by entry. */
async function compareCache(comparing: Comparing, cache: CacheName): Promise<CacheComparison> {
  const { attempt, pace } = comparing;
  pace.begin(`comparing ${cache}`);
  try {
    return await compareBy((side, signal) => side.readEntryDigests(cache, signal), comparing, cache);
  } catch (error) {
    const mayBeUnwritable = isFailure(error, 'InfinispanUnreachable') || isFailure(error, 'InfinispanAnswerUnreadable');
    if (!mayBeUnwritable || attempt.signal.aborted) throw error;
    pace.beginAgain(`comparing ${cache}, entry by entry`, cache);
    const read: ReadDigests = (side, signal) => side.readStoredDigests(cache, signal);
    return compareBy(read, comparing, cache).catch((second: unknown) => {
      // A cache that is stored otherwise: what was wrong with its list is what a person has to know.
      throw isFailure(second, 'InfinispanFailed') ? error : second;
    });
  }
}

function isFailure(error: unknown, type: FailureType): boolean {
  return error instanceof OperatingFailure && error.type === type;
}

async function compareBy(read: ReadDigests, comparing: Comparing, cache: CacheName): Promise<CacheComparison> {
  const { sides, afterPush, attempt, pace } = comparing;
  const [keep, stale] = await eachSide(sides, attempt.signal, (side, signal) => sumUp(read(side, signal), pace));
  const counted = { keepEntries: keep.entries, staleEntries: stale.entries };
  if (stale.entries === 0 || (keep.entries === 0 && !afterPush)) {
    return { ...counted, onlyOnKeep: keep.entries, onlyOnStale: stale.entries, differing: 0 };
  }
  const suspects = keep.differingFrom(stale, lookedInto);
  const { expiring, ...found } = await lookInto(suspects, read, comparing, cache);
  const told = afterPush
    ? { ...counted, ...found, ...(expiring > 0 ? { expiring } : {}) }
    : { ...counted, ...found, onlyOnStale: found.onlyOnStale + expiring };
  if (!suspects.more) return told;
  // Where there is more than was looked into, nothing found is no proof that nothing differs.
  const none = told.onlyOnKeep + told.onlyOnStale + told.differing === 0;
  const { uncounted } = suspects;
  const onlyOnKeep = none ? 1 : told.onlyOnKeep;
  return { ...told, onlyOnKeep, atLeast: true, ...(uncounted > 0 ? { uncounted } : {}) };
}

async function lookInto(
  suspects: Suspects,
  read: ReadDigests,
  { sides, pushedAt, attempt, pace }: Comparing,
  cache: CacheName,
): Promise<Differences> {
  if (suspects.buckets === 0) return noDifferences;
  const readBoth = async (wanted: (key: string) => boolean): Promise<Reading> => {
    pace.beginAgain(`reading again what differs in ${cache}`, cache);
    const [keep, stale] = await eachSide(sides, attempt.signal, (side, signal) =>
      pickOut(read(side, signal), cache, wanted, pace),
    );
    return { keep, stale };
  };
  const settling = new Settling(await readBoth((key) => suspects.has(key)), pushedAt);
  for (let reading = 1; reading < readings && settling.open.size > 0; reading += 1) {
    await pause(apartMs, attempt.signal);
    const { open } = settling;
    settling.readAgain(await readBoth((key) => open.has(key)));
  }
  return settling.end();
}

async function sumUp(entries: AsyncIterable<EntryDigest>, pace: Pace): Promise<Buckets> {
  const buckets = new Buckets();
  for await (const entry of entries) {
    buckets.add(entry);
    pace.step();
  }
  return buckets;
}

async function pickOut(
  entries: AsyncIterable<EntryDigest>,
  cache: CacheName,
  wanted: (key: string) => boolean,
  pace: Pace,
): Promise<Entries> {
  const picked = new Map<string, Held>();
  for await (const { key, value, expires = false, created } of entries) {
    pace.step();
    if (wanted(key)) picked.set(key, { value, expires, created });
    if (picked.size > mostHeld) throw tooMany(cache);
  }
  return picked;
}

/** Buckets that were small when they were chosen have filled up since. */
function tooMany(cache: CacheName): OperatingFailure {
  const message = `${cache} grows faster than it can be compared; more than ${mostHeld} entries came meanwhile.`;
  return new OperatingFailure('ComparisonVoid', message, { retryable: true });
}

function eachSide<T>(
  { keep, stale }: Sides,
  signal: AbortSignal,
  read: (side: ReplicationGateway, signal: AbortSignal) => Promise<T>,
): Promise<[T, T]> {
  return together(
    signal,
    (ended) => read(keep, ended),
    (ended) => read(stale, ended),
  );
}
