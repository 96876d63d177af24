import type { WayName } from '../keycloak/ways';
import { countsOf, noCounts, totalOf, type Counts } from './counts';
import { operationLabels, operations, type Operation, type UserRecord } from './outcome';

/** Something that happened, as a short word: cut, fenced, online. */
export interface Mark {
  what: string;
  /** In milliseconds since 1970. */
  at: number;
  /** Begins no phase: is drawn, and no table has a line for it. */
  minor?: boolean;
}

/** What happened to users over time. All drawings and tables are made of this, and of nothing else. */
export interface Timeline {
  /** Begin of the first bucket, in milliseconds since 1970. */
  startedAt: number;
  bucketSeconds: number;
  /** As many in every row. */
  buckets: number;
  /** The moment from which seconds are counted: the first mark, or the beginning. */
  zeroAt: number;
  rows: readonly TimelineRow[];
  /** In the order of time. */
  marks: readonly Mark[];
  phases: readonly Phase[];
}

export interface TimelineRow {
  label: string;
  operation: Operation;
  way: WayName;
  /** Operations by the bucket in which they began. */
  cells: readonly Counts[];
  /** Whether somebody who began earlier waited all through the bucket. */
  waiting: readonly boolean[];
  /** What the operations came to that began since the moment from which seconds are counted. */
  sinceZero: Counts;
}

/** The time from one mark to the next, and what the operations that began in it came to. */
export interface Phase {
  what: string;
  fromAt: number;
  toAt: number;
  rows: readonly { label: string; counts: Counts; medianMs: number }[];
}

export interface TimelineInput {
  records: readonly UserRecord[];
  marks?: readonly Mark[];
  /** At most so many buckets, however long it took. */
  maxBuckets?: number;
}

const bucketSizesSeconds = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600];

export function timelineOf({ records, marks: unsorted = [], maxBuckets = 120 }: TimelineInput): Timeline {
  const marks = [...unsorted].sort((left, right) => left.at - right.at);
  const times = [...records.map(({ at }) => at), ...marks.map(({ at }) => at)];
  const firstAt = times.reduce((least, at) => Math.min(least, at), times[0] ?? 0);
  const lastAt = times.reduce((most, at) => Math.max(most, at), times[0] ?? 0);
  const startedAt = Math.floor(firstAt / 1_000) * 1_000;
  const bucketSeconds = bucketSecondsFor((lastAt - startedAt) / 1_000, maxBuckets);
  const buckets = Math.floor((lastAt - startedAt) / 1_000 / bucketSeconds) + 1;
  const lanes = lanesOf(records);
  const zeroAt = marks[0]?.at ?? startedAt;
  const major = marks.filter(({ minor }) => !minor);
  return {
    ...{ startedAt, bucketSeconds, buckets, marks, zeroAt },
    rows: lanes.map(({ records: own, ...lane }) => {
      const cells = Array.from({ length: buckets }, noCounts);
      for (const { at, outcome } of own) cells[Math.floor((at - startedAt) / 1_000 / bucketSeconds)]![outcome] += 1;
      const waiting = waitedThrough(own, { startedAt, bucketMs: bucketSeconds * 1_000, buckets });
      return { ...lane, cells, waiting, sinceZero: countsOf(own.filter(({ at }) => at >= zeroAt)) };
    }),
    phases: spansOf(major, startedAt, lastAt).map((span) => ({ ...span, rows: lanes.map(laneWithin(span)) })),
  };
}

/** The bucket in which a moment lies. */
export function bucketOf({ startedAt, bucketSeconds, buckets }: Timeline, at: number): number {
  return Math.min(Math.max(Math.floor((at - startedAt) / 1_000 / bucketSeconds), 0), buckets - 1);
}

function bucketSecondsFor(seconds: number, maxBuckets: number): number {
  const size = bucketSizesSeconds.find((candidate) => seconds / candidate < maxBuckets);
  const largest = bucketSizesSeconds.at(-1)!;
  return size ?? Math.ceil((seconds + 1) / maxBuckets / largest) * largest;
}

interface Lane {
  label: string;
  operation: Operation;
  way: WayName;
  records: readonly UserRecord[];
}

/** One per operation and way that occurred; the way is named where there is more than one. */
function lanesOf(records: readonly UserRecord[]): readonly Lane[] {
  const ways = [...new Set(records.map(({ way }) => way))].sort();
  return ways.flatMap((way) =>
    operations
      .map((operation) => ({
        ...{ operation, way },
        label: ways.length > 1 ? `${operationLabels[operation]}, ${way}` : operationLabels[operation],
        records: records.filter((record) => record.operation === operation && record.way === way),
      }))
      .filter((lane) => lane.records.length > 0),
  );
}

function waitedThrough(
  records: readonly UserRecord[],
  { startedAt, bucketMs, buckets }: { startedAt: number; bucketMs: number; buckets: number },
): readonly boolean[] {
  const waiting = Array.from({ length: buckets }, () => false);
  for (const { at, tookMs } of records) {
    const first = Math.ceil((at - startedAt) / bucketMs);
    const end = Math.min(Math.floor((at + tookMs - startedAt) / bucketMs), buckets);
    for (let bucket = first; bucket < end; bucket++) waiting[bucket] = true;
  }
  return waiting;
}

function spansOf(marks: readonly Mark[], startedAt: number, lastAt: number) {
  const before = { what: 'before', fromAt: startedAt, toAt: marks[0]?.at ?? lastAt + 1 };
  const between = marks.map(({ what, at }, index) => {
    return { what: `from ${what}`, fromAt: at, toAt: marks[index + 1]?.at ?? lastAt + 1 };
  });
  return [before, ...between].filter(({ fromAt, toAt }) => toAt > fromAt);
}

function laneWithin({ fromAt, toAt }: { fromAt: number; toAt: number }) {
  return ({ label, records }: Lane) => {
    const within = records.filter(({ at }) => at >= fromAt && at < toAt);
    const counts = countsOf(within);
    const tookMs = within.map((record) => record.tookMs).sort((left, right) => left - right);
    return { label, counts, medianMs: totalOf(counts) === 0 ? 0 : tookMs[Math.floor(tookMs.length / 2)]! };
  };
}
