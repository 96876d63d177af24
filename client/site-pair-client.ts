import { randomUUID } from 'node:crypto';
import {
  WithStartWorkflowOperation,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
} from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { AlertMessage } from '../domain/alert';
import type { ReadinessReport } from '../domain/readiness/report';
import type { RequestAnswer } from '../domain/requests';
import type { Decision, GoalRequest } from '../domain/heard';
import { NewestRunsReader } from '../runtime/newest-runs';
import { observeWorkflowId, readinessRunsOf, readinessWorkflowId, sitePairWorkflowId } from '../workflows/contract/ids';
import type {
  ObserveInput,
  ObserveResult,
  RunMemo,
  RunResult,
  RunStatus,
  SitePairRunInput,
} from '../workflows/contract/inputs';
import { memoKey } from '../workflows/contract/memo';
import {
  alertSignal,
  decideUpdate,
  requestUpdate,
  statusQuery,
  type DecisionAnswer,
} from '../workflows/contract/messages';
import { assessReadinessType, readinessSummary, readinessTimeoutSeconds } from '../workflows/contract/readiness';
import { heartbeatProgress } from './heartbeat-progress';
import { listRuns } from './list-runs';
import type { PairReadiness, PairRuns } from './pair-runs';
import type { AlertIntake, TakenBy } from './webhook/alert-intake';
import { NoWorkerAnswers } from './no-worker-answers';
import { signalAlertWithStart } from './signal-with-start';
import { updateIdOf } from './update-id';
import { observeSitePairType, runSummary, sitePairRunType, workflowTaskTimeoutSeconds } from './start-options';

/** What is known of a pair's run: from its memo alone, or, while a worker answers, from the run itself. */
export type PairStatus =
  | { run: 'none' }
  | { run: 'closed'; outcome: string; closedAt?: Date; runId: string; result?: RunResult }
  | { run: 'open'; startedAt: Date; runId: string; memo?: RunMemo; status?: RunStatus };

/** How long a run's own answer is waited for; its memo answers without a worker. */
const queryWithinMs = 2_000;
const observeWithinMs = 10_000;
/** So long only for a worker that took the look up within the time of any other. */
const patientlyWithinMs = 40_000;
/** One read of the server, which asks no worker. */
const readWithinMs = 5_000;
/** Well under the 10 s after which Alertmanager gives up on a webhook and sends again. */
const alertWithinMs = 5_000;

/**
 * The one client of site pair runs; webhook and command line go through it.
 * Its errors are Temporal's own (unreachable, denied), `NoWorkerAnswers`, and `WorkflowNotFoundError` for a missing run.
 */
export class SitePairClient implements AlertIntake, PairRuns {
  private readonly assessments: NewestRunsReader<ReadinessReport>;

  constructor(
    private readonly client: Client,
    /** The prefix of the four queues, which is also the queue of the workflows. */
    private readonly taskQueue: string,
    /** For how long a worker's answer to a message is waited for. */
    private readonly updateWithinMs = 10_000,
  ) {
    this.assessments = new NewestRunsReader(client);
  }

  async firing(pair: string, alert: AlertMessage): Promise<TakenBy & { outcome: 'started' | 'joined' }> {
    const { started, ...run } = await this.client.withDeadline(Date.now() + alertWithinMs, () =>
      signalAlertWithStart(this.client, this.taskQueue, pair, alert),
    );
    return { ...run, outcome: started ? 'started' : 'joined' };
  }

  async resolved(pair: string, alert: AlertMessage): Promise<TakenBy | 'NoOpenRun'> {
    const workflowId = sitePairWorkflowId(pair);
    const handle = this.client.workflow.getHandle(workflowId);
    try {
      const { runId } = await this.client.withDeadline(Date.now() + alertWithinMs, async () => {
        const described = await handle.describe();
        await handle.signal(alertSignal, alert);
        return described;
      });
      return { workflowId, runId };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'NoOpenRun';
      throw error;
    }
  }

  /**
   * Asks the pair's run for a goal, starting the run if there is none. A repeat with the same id is answered alike.
   * @throws NoWorkerAnswers when no worker answered in time.
   */
  async request(pair: string, request: GoalRequest): Promise<RequestAnswer> {
    const input: SitePairRunInput = { pair, goal: request.goal, request };
    const startWorkflowOperation = new WithStartWorkflowOperation(sitePairRunType, {
      workflowId: sitePairWorkflowId(pair),
      taskQueue: this.taskQueue,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
      workflowTaskTimeout: `${workflowTaskTimeoutSeconds} seconds`,
      staticSummary: runSummary(input),
    });
    try {
      return await this.client.withDeadline(Date.now() + this.updateWithinMs, () =>
        this.client.workflow.executeUpdateWithStart(requestUpdate, {
          args: [request],
          updateId: updateIdOf(request.id, request),
          startWorkflowOperation,
        }),
      );
    } catch (error) {
      if (!isTimeOut(error)) throw error;
      throw new NoWorkerAnswers(await this.wasStartedBy(pair, request));
    }
  }

  /**
   * Sends a decision to the pair's open run; the same one with the same id is taken once, and answered alike.
   * @throws NoWorkerAnswers when no worker answered in time; then the next worker may still be given the decision.
   */
  async decide(pair: string, decision: Decision, id: string): Promise<DecisionAnswer> {
    const handle = this.client.workflow.getHandle(sitePairWorkflowId(pair));
    try {
      return await this.client.withDeadline(Date.now() + this.updateWithinMs, () =>
        handle.executeUpdate(decideUpdate, { args: [{ ...decision, id }], updateId: updateIdOf(id, decision) }),
      );
    } catch (error) {
      if (isTimeOut(error)) throw new NoWorkerAnswers(false);
      throw error;
    }
  }

  /** Works without a worker: then an open run is described by its memo. */
  async status(pair: string): Promise<PairStatus> {
    const description = await this.describe(pair);
    if (!description) return { run: 'none' };
    const { runId, startTime: startedAt, closeTime: closedAt } = description;
    if (description.status.name !== 'RUNNING') {
      const result = await this.resultOf(description);
      const outcome = result?.outcome ?? description.status.name.toLowerCase();
      return { run: 'closed', outcome, closedAt, runId, result };
    }
    const memo = description.memo?.[memoKey] as RunMemo | undefined;
    return { run: 'open', startedAt, runId, memo, status: withProgress(await this.ask(pair), description) };
  }

  /** The result of the pair's current run, when it ends. */
  async result(pair: string, runId?: string): Promise<RunResult> {
    return this.client.workflow.getHandle(sitePairWorkflowId(pair), runId).result() as Promise<RunResult>;
  }

  /**
   * Looks at the pair now, by a worker, without touching anything.
   * @throws NoWorkerAnswers when none took it up, or answered within `withinMs`.
   */
  async observe(
    input: ObserveInput,
    withinMs = input.patient ? patientlyWithinMs : observeWithinMs,
  ): Promise<ObserveResult> {
    const handle = await this.client.workflow.start(observeSitePairType, {
      workflowId: observeWorkflowId(input.pair, randomUUID()),
      taskQueue: this.taskQueue,
      args: [input],
      // Nobody waits for it any longer.
      workflowRunTimeout: withinMs + 5_000,
      staticSummary: `observe: ${input.pair}`,
    });
    const first = Math.min(observeWithinMs, withinMs);
    const early = await this.resultWithin(handle, first);
    if (early) return early;
    const late = (await this.isTakenUp(handle)) ? await this.resultWithin(handle, withinMs - first) : undefined;
    if (!late) throw new NoWorkerAnswers(false);
    return late;
  }

  private async resultWithin(handle: WorkflowHandle, ms: number): Promise<ObserveResult | undefined> {
    try {
      return (await this.client.withDeadline(Date.now() + ms, () => handle.result())) as ObserveResult;
    } catch (error) {
      if (error instanceof WorkflowFailedError || !isTimeOut(error)) throw error;
      return undefined;
    }
  }

  /** Whether a worker began it: until then its history holds its start and its first task, and nothing more. */
  private async isTakenUp(handle: WorkflowHandle): Promise<boolean> {
    const { historyLength } = await this.client.withDeadline(Date.now() + readWithinMs, () => handle.describe());
    return historyLength > 2;
  }

  async beginReadiness(pair: string): Promise<{ assessment: string }> {
    const handle = await this.client.withDeadline(Date.now() + readWithinMs, () =>
      this.client.workflow.start(assessReadinessType, {
        workflowId: readinessWorkflowId(pair),
        taskQueue: this.taskQueue,
        args: [{ pair }],
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowExecutionTimeout: `${readinessTimeoutSeconds} seconds`,
        staticSummary: readinessSummary(pair),
      }),
    );
    return { assessment: handle.firstExecutionRunId };
  }

  async readiness(pair: string): Promise<PairReadiness> {
    const { completed, running, failed, schedule } = await this.assessments.read(readinessRunsOf(pair), readWithinMs);
    return {
      ...(completed && { report: completed.result, assessment: completed.runId }),
      ...(running && { running: renamed(running) }),
      ...(failed && { failed: renamed(failed) }),
      ...(schedule && { schedule }),
    };
  }

  /** Open and closed runs, open ones first, then the newest. */
  runs(query: Parameters<PairRuns['runs']>[0]): ReturnType<PairRuns['runs']> {
    return listRuns(this.client, query);
  }

  private async ask(pair: string): Promise<RunStatus | undefined> {
    try {
      return await this.client.withDeadline(Date.now() + queryWithinMs, () =>
        this.client.workflow.getHandle(sitePairWorkflowId(pair)).query(statusQuery),
      );
    } catch {
      return undefined;
    }
  }

  /** What a closed run left behind; nothing where it was ended from outside (terminated, timed out). */
  private async resultOf({ status, runId, workflowId }: WorkflowExecutionDescription): Promise<RunResult | undefined> {
    if (status.name !== 'COMPLETED') return undefined;
    return this.client.withDeadline(
      Date.now() + readWithinMs,
      () => this.client.workflow.getHandle(workflowId, runId).result() as Promise<RunResult>,
    );
  }

  /** The start carries the request as well: without a worker it is kept if and only if it began the pair's run. */
  private async wasStartedBy(pair: string, request: GoalRequest): Promise<boolean> {
    const description = await this.describe(pair);
    if (description?.status.name !== 'RUNNING') return false;
    const { workflowId, runId } = description;
    const { history } = await this.client.workflowService.getWorkflowExecutionHistory({
      namespace: this.client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    });
    const input = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
    if (!input) return false;
    return defaultPayloadConverter.fromPayload<SitePairRunInput>(input).request?.id === request.id;
  }

  private async describe(pair: string): Promise<WorkflowExecutionDescription | undefined> {
    try {
      return await this.client.withDeadline(Date.now() + readWithinMs, () =>
        this.client.workflow.getHandle(sitePairWorkflowId(pair)).describe(),
      );
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }
}

function renamed<T extends { runId: string }>({ runId, ...rest }: T): Omit<T, 'runId'> & { assessment: string } {
  return { assessment: runId, ...rest };
}

/** A long command tells how far it is by its heartbeats, which are newer than what its run knows. */
function withProgress(status: RunStatus | undefined, description: WorkflowExecutionDescription): RunStatus | undefined {
  const progress = status && heartbeatProgress(description);
  return status && progress ? { ...status, progress } : status;
}

/** gRPC DEADLINE_EXCEEDED (4) and CANCELLED (1), however deep the SDK wrapped it. */
function isTimeOut(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause.name === 'WorkflowUpdateRPCTimeoutOrCancelledError') return true;
    const { code } = cause as { code?: unknown };
    if (code === 4 || code === 1) return true;
  }
  return false;
}
