import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleDescription,
} from '@temporalio/client';

/** A schedule of Temporal that starts one workflow again and again: never two at once, and what was missed is not made up for. */
export interface WantedSchedule {
  scheduleId: string;
  everySeconds: number;
  workflowType: string;
  /** Each start has it with its time behind it. */
  workflowId: string;
  taskQueue: string;
  args: readonly unknown[];
  /** For people, in the Temporal UI. */
  summary: string;
  /** After it a run is over, whether anybody took it or not. */
  runTimeoutSeconds: number;
}

/** What was done so that the schedule is as wanted. */
export type Kept = 'made' | 'changed' | 'kept';

/** A start is spread over so much of the interval, so that many pairs are not all looked at in the same second. */
const jitterShare = 1 / 10;
/** While nobody could start anything, this much is made up for. */
const catchupMs = 60_000;

/**
 * Makes a schedule, or puts it right where it differs; whether and why it is paused is left as it is, as a person's own wish.
 * Where it was made or changed, it starts once at once. A repeat changes nothing, also by several processes at the same time.
 * Its errors are Temporal's own.
 */
export async function keepSchedule(
  { schedule: schedules }: Pick<Client, 'schedule'>,
  wanted: WantedSchedule,
): Promise<Kept> {
  const { scheduleId } = wanted;
  const options = optionsOf(wanted);
  try {
    await schedules.create({ scheduleId, ...options, state: { triggerImmediately: true } });
    return 'made';
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  const handle = schedules.getHandle(scheduleId);
  if (isAsWanted(await handle.describe(), wanted)) return 'kept';
  await handle.update(({ state }) => ({ ...options, state }));
  await handle.trigger(ScheduleOverlapPolicy.SKIP);
  return 'changed';
}

/**
 * Deletes the schedules whose id begins with `prefix`, that start workflows on `taskQueue`, and that nobody wants any more.
 * @returns the ids of those that were deleted.
 */
export async function dropSchedules(
  { schedule: schedules }: Pick<Client, 'schedule'>,
  { prefix, taskQueue, wanted }: { prefix: string; taskQueue: string; wanted: ReadonlySet<string> },
): Promise<readonly string[]> {
  const dropped: string[] = [];
  for await (const { scheduleId } of schedules.list()) {
    if (!scheduleId.startsWith(prefix) || wanted.has(scheduleId)) continue;
    const handle = schedules.getHandle(scheduleId);
    try {
      // Of another installation in the same namespace it is not ours to delete.
      if ((await handle.describe()).action.taskQueue !== taskQueue) continue;
      await handle.delete();
      dropped.push(scheduleId);
    } catch (error) {
      // Another process was faster.
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    }
  }
  return dropped;
}

function optionsOf(wanted: WantedSchedule) {
  const { everySeconds, workflowType, workflowId, taskQueue, args, summary, runTimeoutSeconds } = wanted;
  return {
    spec: { intervals: [{ every: everySeconds * 1_000 }], jitter: jitterMs(wanted) },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: catchupMs },
    action: {
      type: 'startWorkflow' as const,
      ...{ workflowType, workflowId, taskQueue, args: [...args] },
      workflowExecutionTimeout: runTimeoutSeconds * 1_000,
      staticSummary: summary,
    },
  };
}

function jitterMs({ everySeconds }: WantedSchedule): number {
  return Math.round(everySeconds * 1_000 * jitterShare);
}

function isAsWanted({ spec, action, policies }: ScheduleDescription, wanted: WantedSchedule): boolean {
  const is = [
    (spec.intervals ?? []).map(({ every }) => every),
    spec.jitter,
    [spec.calendars ?? [], spec.skip ?? []].flat().length,
    [action.workflowType, action.workflowId, action.taskQueue, action.args],
    action.workflowExecutionTimeout,
    [policies.overlap, policies.catchupWindow],
  ];
  const should = [
    [wanted.everySeconds * 1_000],
    jitterMs(wanted),
    0,
    [wanted.workflowType, wanted.workflowId, wanted.taskQueue, wanted.args],
    wanted.runTimeoutSeconds * 1_000,
    [ScheduleOverlapPolicy.SKIP, catchupMs],
  ];
  return JSON.stringify(is) === JSON.stringify(should);
}
