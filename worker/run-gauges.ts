import type { Gauge, Registry } from 'prom-client';
import type { Phase } from '../domain/state';
import { inTime } from '../runtime/in-time';
import type { RunMemo } from '../workflows/contract/inputs';
import type { DescribedRun } from './describe-run';
import { rememberedGauges } from './remembered-gauges';

/** Every phase, so that a pair's series are all there from the start; the compiler holds the list. */
const phases = Object.keys({
  observing: true,
  fencing: true,
  fenced: true,
  clearing: true,
  pushing: true,
  comparing: true,
  reattaching: true,
  synchronized: true,
  admitting: true,
  soaking: true,
  goingOffline: true,
  finished: true,
} satisfies Record<Phase, true>) as readonly Phase[];

/** How long an answer of Temporal serves: several scrapers ask it no more often than one. */
const rememberedMs = 10_000;

export interface RunGaugesOptions {
  registry: Registry;
  pairs: readonly string[];
  /** The pair's open run; fails when Temporal could not be asked. */
  describe: (pair: string) => Promise<DescribedRun | undefined>;
  /** A call may outlast its deadline while the connection is built up anew; a scrape must not. */
  withinMs: number;
  monotonicMs: () => number;
}

type Runs = ReadonlyMap<string, DescribedRun | undefined>;

/**
 * The runs of all configured pairs, read from Temporal when the metrics are asked for.
 * A pair whose run could not be read has no series at all: unknown is not healthy.
 */
export function registerRunGauges(options: RunGaugesOptions): void {
  const { pairs } = options;
  const gauge = rememberedGauges({ ...options, read: () => readRuns(options), rememberedMs });
  const forEachRun =
    <Label extends string>(show: (shown: Gauge<Label>, pair: string, run: DescribedRun | undefined) => void) =>
    (shown: Gauge<Label>, read: Runs): void =>
      read.forEach((run, pair) => show(shown, pair, run));

  gauge('sitewarden_temporal_reachable', '1 when Temporal told the runs of all pairs within 1 s.', [], (shown, read) =>
    shown.set(read.size === pairs.length ? 1 : 0),
  );
  gauge(
    'sitewarden_run_open',
    '1 while the pair has an open run.',
    ['pair'],
    forEachRun((shown, pair, run) => shown.set({ pair }, run ? 1 : 0)),
  );
  gauge(
    'sitewarden_run_started_timestamp_seconds',
    'When the open run began.',
    ['pair'],
    forEachRun((shown, pair, run) => run?.startedAt && shown.set({ pair }, run.startedAt / 1_000)),
  );
  gauge(
    'sitewarden_run_phase',
    '1 for the phase of the open run, 0 for every other one.',
    ['pair', 'phase'],
    forEachRun((shown, pair, run) =>
      phases.forEach((phase) => shown.set({ pair, phase }, run?.memo?.phase === phase ? 1 : 0)),
    ),
  );
  gauge(
    'sitewarden_run_blocked',
    '1 while the run is blocked; `type` says by which failure.',
    ['pair', 'type'],
    forEachRun((shown, pair, run) => {
      if (saysNothingOfItsWait(run)) return;
      const type = run?.memo?.blockedBy;
      if (type === undefined) shown.set({ pair }, 0);
      else shown.set({ pair, type }, 1);
    }),
  );
  gauge(
    'sitewarden_run_asks',
    '1 while the run asks a person; `gate` says what for.',
    ['pair', 'gate'],
    forEachRun((shown, pair, run) => {
      if (saysNothingOfItsWait(run)) return;
      const gate = run?.memo?.gate;
      if (gate === undefined) shown.set({ pair }, 0);
      else shown.set({ pair, gate }, 1);
    }),
  );
  gauge(
    'sitewarden_run_paused',
    '1 while the run is a pause: it holds the pair and touches nothing.',
    ['pair'],
    forEachRun((shown, pair, run) => shown.set({ pair }, run?.memo?.pausedUntil === undefined ? 0 : 1)),
  );
  gauge(
    'sitewarden_run_info',
    'Always 1: incident, goal and roles of the open run.',
    ['pair', 'incident', 'goal', 'keep_site', 'stale_site'],
    forEachRun((shown, pair, run) => run?.memo && shown.set({ pair, ...infoOf(run.memo) }, 1)),
  );
}

/** A run of version 0.1.0: whether it is blocked, or asks, is not known. */
function saysNothingOfItsWait(run: DescribedRun | undefined): boolean {
  return run?.memo !== undefined && run.memo.next === undefined;
}

function infoOf({ incident, goal, keepSite = '', staleSite = '' }: RunMemo) {
  return { incident, goal: goal ?? '', keep_site: keepSite, stale_site: staleSite };
}

/** The pairs whose run, or absence of one, is known. */
async function readRuns({ pairs, describe, withinMs }: RunGaugesOptions): Promise<Runs> {
  const read = await Promise.all(
    pairs.map(async (pair) => {
      const asked = describe(pair).catch(() => 'unknown' as const);
      const answer = await inTime(asked, withinMs, 'unknown' as const);
      return answer === 'unknown' ? [] : [[pair, answer] as const];
    }),
  );
  return new Map(read.flat());
}
