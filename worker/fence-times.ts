import type { GroupMemory, Known, RunState } from '../domain/state';
import type { EpochMs } from '../domain/time';

/** The steps of a fence in their order, as the metric `sitewarden_fence_step_seconds` names them. */
export const fenceSteps = [
  'rolesLatched',
  'removalRequested',
  'readAbsent',
  'detachRequested',
  'allDetached',
  'proved',
  'deployed',
] as const;
export type FenceStep = (typeof fenceSteps)[number];

/** Seconds from the run's start. */
export type FenceTimes = Partial<Record<FenceStep, number>>;

/**
 * How long after the run's start each step was reached that `after` knows of. The start is by Temporal's clock and the
 * steps are by the workers', so a time is never said to be negative.
 */
export function fenceTimes({ startedAt }: Pick<RunState, 'startedAt'>, after: Known): FenceTimes {
  const seconds = Object.entries(reachedAt(after)).map(([step, at]) => [step, Math.max(0, at - startedAt) / 1_000]);
  return Object.fromEntries(seconds) as FenceTimes;
}

/**
 * The steps that this look was the first to reach. None once the fence was proved, except that the accelerator is deployed:
 * what follows is the guard, which repeats steps. None of a fence that was found half or whole: its times would flatter.
 */
export function newlyReached(before: RunState, after: Known, at: EpochMs): FenceTimes {
  if (after.adopted || !after.roles) return {};
  const old = fenceTimes(before, before.known);
  const reached = fenceTimes(before, after);
  const isNew = (step: FenceStep) => !(step in old) && (!('proved' in old) || step === 'deployed');
  const latched = before.known.roles ? {} : { rolesLatched: Math.max(0, at - before.startedAt) / 1_000 };
  return { ...latched, ...Object.fromEntries(Object.entries(reached).filter(([step]) => isNew(step as FenceStep))) };
}

function reachedAt(known: Known): Partial<Record<FenceStep, EpochMs>> {
  const groups = Object.values(known.groups);
  const times: Record<Exclude<FenceStep, 'rolesLatched'>, EpochMs | undefined> = {
    removalRequested: first(groups.map(({ removalRequestedAt }) => removalRequestedAt)),
    readAbsent: absentEverywhere(groups),
    detachRequested: known.detachRequestedAt,
    allDetached: known.allDetachedSince,
    proved: known.fencedAt,
    deployed: known.deployedReadTwiceAt,
  };
  return Object.fromEntries(Object.entries(times).filter(([, at]) => at !== undefined));
}

function first(times: readonly (EpochMs | undefined)[]): EpochMs | undefined {
  const known = times.filter((at) => at !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function absentEverywhere(groups: readonly GroupMemory[]): EpochMs | undefined {
  const absent = groups.map(({ absentReadAt }) => absentReadAt).filter((at) => at !== undefined);
  return absent.length === 0 || absent.length < groups.length ? undefined : Math.max(...absent);
}
