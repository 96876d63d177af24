import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { pairOfWorkflowId, sitePairWorkflowId } from '../workflows/contract/ids';
import type { RunMemo, RunResult } from '../workflows/contract/inputs';
import { memoKey } from '../workflows/contract/memo';
import type { ListedRun, PairRuns } from './pair-runs';
import { sitePairRunType } from './start-options';

/** All pages, and the result of each run that ended; a server's visibility answers within this or not at all. */
const withinMs = 15_000;
/** Results that are read at the same time. */
const atOnce = 8;

/**
 * Open and closed runs by Temporal's visibility, which is a second or so behind: open ones first, then the newest. Needs none
 * of our search attributes. A run that went on under a new history is one run. How a closed one ended is read from its result.
 */
export async function listRuns(client: Client, query: Parameters<PairRuns['runs']>[0]): Promise<readonly ListedRun[]> {
  return client.withDeadline(Date.now() + withinMs, async () => {
    const found: WorkflowExecutionInfo[] = [];
    const pageSize = Math.min(query.limit, 200);
    for await (const run of client.workflow.list({ query: visibilityQuery(query), pageSize })) {
      if (run.workflowId.startsWith(sitePairWorkflowId(''))) found.push(run);
      if (found.length >= query.limit) break;
    }
    const listed: ListedRun[] = [];
    for (let first = 0; first < found.length; first += atOnce) {
      const next = found.slice(first, first + atOnce);
      listed.push(...(await Promise.all(next.map((run) => listedRun(client, run)))));
    }
    return listed;
  });
}

/** In Temporal's list filters; a run that went on under a new history has its end there. */
export function visibilityQuery({ pair, open }: { pair?: string; open?: boolean }): string {
  const parts = [
    `WorkflowType = ${quoted(sitePairRunType)}`,
    ...(pair === undefined ? [] : [`WorkflowId = ${quoted(sitePairWorkflowId(pair))}`]),
    open === true ? `ExecutionStatus = 'Running'` : `ExecutionStatus != 'ContinuedAsNew'`,
    ...(open === false ? [`ExecutionStatus != 'Running'`] : []),
  ];
  return parts.join(' AND ');
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

async function listedRun(client: Client, run: WorkflowExecutionInfo): Promise<ListedRun> {
  const { workflowId, runId, startTime, closeTime, status } = run;
  const memo = run.memo?.[memoKey] as RunMemo | undefined;
  const result = status.name === 'COMPLETED' ? await resultOf(client, run) : undefined;
  const open = status.name === 'RUNNING';
  return {
    pair: pairOfWorkflowId(workflowId),
    runId,
    incident: result?.incident ?? memo?.incident,
    startedAt: memo?.startedAt === undefined ? startTime : new Date(memo.startedAt),
    closedAt: closeTime,
    outcome: open ? 'open' : (result?.outcome ?? status.name.toLowerCase()),
    phase: memo?.phase,
    waitingFor: open ? memo?.waitingFor : undefined,
  };
}

/** Visibility may tell of a run whose history is over its retention: then only that it ended is known. */
async function resultOf(client: Client, run: WorkflowExecutionInfo): Promise<RunResult | undefined> {
  const handle = client.workflow.getHandle(run.workflowId, run.runId, { followRuns: false });
  try {
    return (await handle.result()) as RunResult;
  } catch (error) {
    if ((error as Error).name === 'WorkflowNotFoundError') return undefined;
    throw error;
  }
}
