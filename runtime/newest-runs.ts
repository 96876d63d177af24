import {
  ScheduleNotFoundError,
  WorkflowNotFoundError,
  type Client,
  type ScheduleDescription,
  type WorkflowExecutionDescription,
} from '@temporalio/client';

/** Where runs of one kind are found: those of a schedule, and those of one workflow id. */
export interface RunsOfOneKind {
  scheduleId: string;
  workflowId: string;
}

/** The newest of these runs, as Temporal itself tells them: neither its visibility store nor a worker is asked. */
export interface NewestRuns<Result> {
  /** The newest that has a result. */
  completed?: { runId: string; result: Result };
  /** The newest that goes on. */
  running?: { runId: string; startedAt: Date; /** Whether any worker took it. */ isTaken: boolean };
  /** Of the newest that is over, where it left no result: when, and how it ended, in Temporal's word. */
  failed?: { runId: string; at: Date; how: string };
  /** Absent where there is no schedule. */
  schedule?: { isPaused: boolean; next?: Date };
}

/** So many runs of a schedule are looked at from the newest one: one goes on, one failed. */
const newestOfSchedule = 3;
/** Started and scheduled: what comes after these two events in a history, a worker did. */
const eventsUntaken = 2;

type Described = Pick<
  WorkflowExecutionDescription,
  'workflowId' | 'runId' | 'status' | 'startTime' | 'closeTime' | 'historyLength'
>;

/** Results that were read before are not read again. */
export class NewestRunsReader<Result> {
  private readonly results = new Map<string, { runId: string; result: Result }>();

  constructor(private readonly client: Pick<Client, 'workflow' | 'schedule' | 'withDeadline'>) {}

  /** @throws Temporal's own errors where it does not answer within `withinMs`. */
  async read(of: RunsOfOneKind, withinMs: number): Promise<NewestRuns<Result>> {
    return this.client.withDeadline(Date.now() + withinMs, async () => {
      const [schedule, asked] = await Promise.all([this.schedule(of.scheduleId), this.describe(of.workflowId)]);
      const recent = (schedule?.info.recentActions ?? []).slice(-newestOfSchedule);
      const started = await Promise.all(
        recent.map(({ action: { workflow } }) => this.describe(workflow.workflowId, workflow.firstExecutionRunId)),
      );
      const runs = [...started, asked]
        .flatMap((run) => run ?? [])
        .sort((one, other) => +other.startTime - +one.startTime);
      const [running] = runs.filter(({ status }) => status.name === 'RUNNING');
      const [newest] = runs.filter(({ status }) => status.name !== 'RUNNING');
      return {
        ...(await this.completed(of, runs)),
        ...(running && {
          running: {
            runId: running.runId,
            startedAt: running.startTime,
            isTaken: running.historyLength > eventsUntaken,
          },
        }),
        ...(newest &&
          newest.status.name !== 'COMPLETED' && {
            failed: {
              runId: newest.runId,
              at: newest.closeTime ?? newest.startTime,
              how: newest.status.name.toLowerCase().replace('_', ' '),
            },
          }),
        ...(schedule && { schedule: stateOf(schedule) }),
      };
    });
  }

  private async completed(
    { workflowId: kind }: RunsOfOneKind,
    runs: readonly Described[],
  ): Promise<Pick<NewestRuns<Result>, 'completed'>> {
    const run = runs.find(({ status }) => status.name === 'COMPLETED');
    if (!run) return {};
    const { runId, workflowId } = run;
    const before = this.results.get(kind);
    if (before?.runId === runId) return { completed: before };
    const result = (await this.client.workflow.getHandle(workflowId, runId).result()) as Result;
    this.results.set(kind, { runId, result });
    return { completed: { runId, result } };
  }

  private schedule(scheduleId: string): Promise<ScheduleDescription | undefined> {
    return this.client.schedule
      .getHandle(scheduleId)
      .describe()
      .catch((error: unknown) => {
        if (error instanceof ScheduleNotFoundError) return undefined;
        throw error;
      });
  }

  /** Nothing where it was over so long ago that Temporal has forgotten it. */
  private describe(workflowId: string, runId?: string): Promise<Described | undefined> {
    return this.client.workflow
      .getHandle(workflowId, runId)
      .describe()
      .catch((error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return undefined;
        throw error;
      });
  }
}

function stateOf({ state, info }: ScheduleDescription): NonNullable<NewestRuns<unknown>['schedule']> {
  const [next] = info.nextActionTimes;
  return { isPaused: state.paused, ...(next && !state.paused && { next }) };
}
