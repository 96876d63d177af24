/**
 * The one run of a pair: observe, assess, do one command, observe again.
 *
 * No rule stands here. What is next comes from domain/assess, by way of the activity `assessPair`, so that a change of rules
 * does not break an open run. The run's workflow id is the lock of its pair.
 */
import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  patched,
  proxyActivities,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities, AssessPairResult } from '../activities/types';
import { runsLong, type Command } from '../domain/command';
import { recordOutcome } from '../domain/command-outcome';
import { paceOf, waitForEnd, type Next } from '../domain/next';
import { tenthsOf } from '../domain/progress';
import { oneLine } from '../domain/one-line';
import { archivedContent } from '../domain/report/report';
import { newRunState, type RunState } from '../domain/state';
import { Beside } from './beside';
import { runCommand } from './command-runner';
import { incidentId, pairOfWorkflowId } from './contract/ids';
import type { RunResult, SitePairRunInput } from './contract/inputs';
import { taskQueues } from './contract/task-queues';
import { CostMeter } from './cost-meter';
import { registerHandlers } from './handlers';
import { Inbox } from './inbox';
import { sayNext } from './details';
import { RunPage } from './run-page';
import { isRunInput, isRunState, isWeighed } from './shapes';

/** Reading is repeated until a worker with the right configuration answers: without an observation there is no rule. */
const lookTimes = {
  startToCloseTimeout: '5 seconds',
  cancellationType: 'TRY_CANCEL',
  retry: { initialInterval: '1 second', maximumInterval: '15 seconds' },
} as const;
const watchTimes = {
  startToCloseTimeout: '5 seconds',
  // Of each try. Nobody polls the watch's queue: the run must not be blind for longer than its guard may take.
  scheduleToStartTimeout: '15 seconds',
  cancellationType: 'TRY_CANCEL',
  retry: { initialInterval: '1 second', backoffCoefficient: 1 },
} as const;

const { assessPair } = proxyActivities<Pick<Activities, 'assessPair'>>(lookTimes);
const { archiveReport } = proxyActivities<Pick<Activities, 'archiveReport'>>({
  startToCloseTimeout: '10 seconds',
  scheduleToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', maximumInterval: '10 seconds' },
  summary: 'archive the report',
});
const { watch } = proxyActivities<Pick<Activities, 'watch'>>(watchTimes);

/** However a watch goes on, after this the pair is assessed on the main queue. */
const longestWatch = { fast: '10 minutes', slow: '1 day' } as const;
/** How long an abort waits for a last look at the world. */
const lastLook = '30 seconds';

export async function sitePairRun(input: SitePairRunInput): Promise<RunResult> {
  const info = workflowInfo();
  // The id names the pair whose lock it is; an input that says otherwise, or nothing, must not hold the lock idly.
  const pair = pairOfWorkflowId(info.workflowId);
  const understood = isRunInput(input) && input.pair === pair;
  const carried = understood && isRunState(input.carried) && input.carried.pair === pair ? input.carried : undefined;
  const state: RunState =
    carried ??
    newRunState({
      pair,
      goal: understood ? input.goal : 'protect',
      incident: incidentId(pair, info.startTime, info.firstExecutionRunId),
      startedAt: info.startTime.getTime(),
    });
  const queues = taskQueues(info.taskQueue);
  const page = new RunPage(state, carried && isWeighed(input.weighed) ? input.weighed : undefined);
  const inbox = new Inbox(state, () => Date.now(), {
    verdict: () => page.assessed?.verdict,
    // What was asked under the former history may be answered before this one has looked for the first time.
    next: () => page.assessed?.next ?? (carried && understood ? input.next : undefined),
    startedWith: carried ? undefined : understood ? input.request : (input ?? 'nothing'),
  });
  const beside = new Beside(state, queues, () => Date.now());
  const costs = new CostMeter(state);
  registerHandlers(inbox, page);
  abortOnCancel(inbox);
  // A run opened by version 0.1.0 is replayed as it went, however much it has heard.
  const goesOn = patched('goes-on-under-a-new-history');
  // A run opened before there was an archive is replayed without one.
  const archives = patched('archives-its-report');
  // A run opened before looked once more after it had started a long command, and gave it up for a new history.
  const awaitsLong = patched('awaits-what-runs-beside');

  return CancellationScope.nonCancellable(async () => {
    let assessed: AssessPairResult | undefined;
    for (;;) {
      const heardBefore = revision();
      assessed ??= await look();
      if (!assessed) {
        beside.drop();
        return await archived(page.unseenEnd());
      }
      state.known = assessed.remember ?? state.known;
      beside.dropVoid();
      costs.book(state.known.phase, assessed.at);
      const { next, at: askedAt } = assessed;
      const awaited = awaitsLong && next.kind === 'do' && runsLong(next.command) ? waitForEnd(next.command) : undefined;
      page.show(awaited ? { ...assessed, next: awaited, progress: undefined } : assessed);
      assessed = undefined;
      if (next.kind === 'do') {
        // What is remembered of a command says that it was sent, so it is sent before anything else.
        await carryOut(next.command, askedAt);
        // The first thing that a watch does is to look.
        if (awaited) assessed = await waitFor(awaited, heardBefore);
      } else if (mustGoOnUnderNewHistory()) {
        beside.drop();
        await condition(allHandlersFinished);
        await continueAsNew<typeof sitePairRun>({
          pair,
          goal: state.goal,
          carried: state,
          next,
          weighed: page.weighed,
        });
      } else if (next.kind === 'finish') {
        await condition(allHandlersFinished);
        if (revision() !== heardBefore) continue;
        beside.drop();
        const result = await archived(page.end(next));
        await condition(allHandlersFinished);
        // No await between this look into the inbox and the return: a message that comes later starts a new run.
        if (revision() === heardBefore) return result;
      } else {
        assessed = await waitFor(next, heardBefore);
      }
    }
  });

  async function carryOut(command: Command, askedAt: number): Promise<void> {
    const round = state.commands.round + 1;
    const commandId = `${state.incident}/${state.known.epoch}/${round}`;
    state.commands = { ...state.commands, round };
    costs.count();
    const asked = { at: askedAt, round };
    if (runsLong(command)) return beside.start(command, commandId, asked);
    const sentAt = Date.now();
    const outcome = await runCommand({ pair: state.pair, commandId, command }, queues);
    // Temporal's clock and the worker's differ: a failure that seemed to lie ahead would not be waited out.
    state.commands = recordOutcome(state.commands, command, outcome, askedAt + Date.now() - sentAt, asked);
  }

  /** Grows with everything that an assessment under way has not seen. */
  function revision(): number {
    return inbox.revision + beside.ended;
  }

  /** The report outlives the history. A run whose archive cannot be written for a while ends all the same, and says so. */
  async function archived(result: RunResult): Promise<RunResult> {
    if (!archives || !result.status) return result;
    const { pair: name, incident, ended } = result.status;
    if (!ended) return result;
    costs.count();
    try {
      const content = archivedContent({ ...result.status, ended });
      return { ...result, archived: await archiveReport({ pair: name, incident, content }) };
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      const why = error.cause instanceof Error ? oneLine(error.cause.message, 200) : 'no answer in time';
      return { ...result, report: `${result.report} The report could not be archived: ${why}` };
    }
  }

  function mustGoOnUnderNewHistory(): boolean {
    return goesOn && (hasHeardEnough() || workflowInfo().continueAsNewSuggested);
  }

  /** A long command that runs is waited for, up to a bound: in a storm it would begin anew again and again, and never end. */
  function hasHeardEnough(): boolean {
    return inbox.isFull && (inbox.isOverfull || !(awaitsLong && beside.isBusy));
  }

  /** Looks until something else is next, or until somebody says something that may change what is next. */
  async function waitFor(next: Next, heardBefore: number): Promise<AssessPairResult | undefined> {
    if (revision() !== heardBefore) return undefined;
    const wakesBefore = inbox.wakes + beside.ended;
    const watchOptions = {
      ...watchTimes,
      scheduleToCloseTimeout: longestWatch[paceOf(next)],
      taskQueue: queues.watch,
      summary: `watch until it changes: ${oneLine(sayNext(next), 120)}`,
    };
    const scope = new CancellationScope();
    costs.count(next.kind === 'wait' && next.until !== undefined ? 2 : 1);
    const seen = await scope.run(async () => {
      const shownTenths = page.assessed?.progress ? tenthsOf(page.assessed.progress) : 0;
      const changed = watch.executeWithOptions(watchOptions, [{ pair: state.pair, state, next, shownTenths }]);
      const spoken = condition(() => inbox.wakes + beside.ended !== wakesBefore || (goesOn && hasHeardEnough()));
      // A wait with an end does not lean on the watch's queue alone: what follows may be protective.
      const due = next.kind === 'wait' && next.until !== undefined ? [sleep(untilDueMs(next.until))] : [];
      try {
        return await Promise.race([changed, spoken, ...due]);
      } catch (error) {
        // The watch's time is up, or nobody polls its queue: look on the main queue.
        if (error instanceof ActivityFailure) return undefined;
        throw error;
      } finally {
        scope.cancel();
      }
    });
    return seen && revision() === heardBefore ? seen : undefined;
  }

  /** One assessment; `undefined` only when a person aborts and nothing can be read within the bound. */
  async function look(): Promise<AssessPairResult | undefined> {
    const scope = new CancellationScope();
    costs.count();
    return scope.run(async () => {
      const seen = assessPair.executeWithOptions({ ...lookTimes, summary: 'observe and assess' }, [
        { pair: state.pair, state },
      ]);
      const givenUp = condition(() => state.heard.abort !== undefined).then(() => sleep(lastLook));
      try {
        return (await Promise.race([seen, givenUp])) ?? undefined;
      } finally {
        scope.cancel();
      }
    });
  }
}

/** `until` is by the observing worker's clock and Temporal's own may differ: the wait stays within sane bounds. */
function untilDueMs(until: number): number {
  return Math.min(Math.max(until - Date.now(), 0) + 1_000, 600_000);
}

/** A cancellation from the Temporal UI is an abort like any other: made safe first, then ended. */
function abortOnCancel(inbox: Inbox): void {
  void CancellationScope.current().cancelRequested.catch(() => {
    inbox.abort('Temporal cancellation', 'cancelled in Temporal');
  });
}
