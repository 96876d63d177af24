import type { HumanWait } from '../state';
import type { EpochMs } from '../time';
import type { ReportedRun } from './reported-run';

/** Where the time of an incident went. The three parts make the total. */
export interface Spent {
  totalMs: number;
  /** Stretches in which the run could not go on without a person, counted once where they overlap. */
  humanMs: number;
  /** Nobody was waited for, and nothing could be done but to guard: the link had not healed, or the site was soaking. */
  guardingMs: number;
  machineMs: number;
  waits: readonly (HumanWait & { tookMs: number })[];
}

interface Stretch {
  from: EpochMs;
  to: EpochMs;
}

/** @param until When the run ended, or now. */
export function timeSpent({ startedAt, humanWaits = [], costs = [] }: ReportedRun, until: EpochMs): Spent {
  const end = Math.max(until, startedAt);
  const bounded = ({ from, to = end }: { from: EpochMs; to?: EpochMs }): Stretch => ({
    from: Math.min(Math.max(from, startedAt), end),
    to: Math.min(Math.max(to, startedAt), end),
  });
  const waits = humanWaits.map(bounded);
  const guarded = costs.flatMap(({ phase, from }, index) =>
    phase === 'fenced' || phase === 'soaking' ? [bounded({ from, to: costs[index + 1]?.from })] : [],
  );
  const totalMs = end - startedAt;
  const humanMs = covered(waits);
  const guardingMs = covered([...waits, ...guarded]) - humanMs;
  return {
    totalMs,
    humanMs,
    guardingMs,
    machineMs: totalMs - humanMs - guardingMs,
    waits: humanWaits.map((wait) => ({ ...wait, tookMs: lengthOf(bounded(wait)) })),
  };
}

function lengthOf({ from, to }: Stretch): number {
  return Math.max(0, to - from);
}

/** How much time lies in at least one of the stretches. */
function covered(stretches: readonly Stretch[]): number {
  const inOrder = [...stretches].sort((one, other) => one.from - other.from);
  let sum = 0;
  let reached = -Infinity;
  for (const { from, to } of inOrder) {
    sum += lengthOf({ from: Math.max(from, reached), to });
    reached = Math.max(reached, to);
  }
  return sum;
}
