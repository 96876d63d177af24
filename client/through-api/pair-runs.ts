import { setTimeout as pause } from 'node:timers/promises';
import type { RequestAnswer } from '../../domain/requests';
import type { Decision, GoalRequest } from '../../domain/heard';
import type { ObserveInput, ObserveResult, RunResult } from '../../workflows/contract/inputs';
import type { DecisionAnswer } from '../../workflows/contract/messages';
import type { ListedRun, PairReadiness, PairRuns } from '../pair-runs';
import type { PairStatus } from '../site-pair-client';
import { ApiConnection, type ApiConnectionOptions } from './connection';
import { listedRunOf, readinessOf, statusOf, type Transported } from './dates';

/** How often a run's end is looked for. */
const lookEveryMs = 1_000;

/**
 * Pairs and runs by the HTTP API, which proves who asks: `by`, `how` and `groups` of what is sent are those that the API
 * knows of the token's owner, whatever stands in the message.
 * Its errors are those of the direct client by name (`NoWorkerAnswers`, `WorkflowNotFoundError`, `WorkflowFailedError`),
 * and `Trouble` for whatever lies between: the connection, the certificate, the token, the rights.
 */
export function pairRunsThroughApi(options: ApiConnectionOptions): PairRuns & { close(): Promise<void> } {
  const api = new ApiConnection(options);
  return {
    status: (pair) => status(api, pair),
    request: (pair, { id, goal, site, reason, forSeconds }: GoalRequest) =>
      api.write<RequestAnswer>(`${pathOf(pair)}/requests`, { goal, site, reason, forSeconds }, id),
    decide: (pair, decision, id) => api.write<DecisionAnswer>(`${pathOf(pair)}/decisions`, bodyOf(decision), id),
    observe: ({ pair, fence, drill }: ObserveInput, withinMs) =>
      api.post<ObserveResult>(
        `${pathOf(pair)}/observe`,
        { ...(fence && { fence: { site: fence.site } }), ...(drill && { drill }) },
        withinMs,
      ),
    beginReadiness: (pair) => api.post<{ assessment: string }>(`${pathOf(pair)}/readiness`, {}),
    readiness: async (pair) => readinessOf(await api.get<Transported<PairReadiness>>(`${pathOf(pair)}/readiness`)),
    result: (pair, runId) => (runId === undefined ? lastResult(api, pair) : resultOf(api, pair, runId)),
    runs: (query) => runs(api, query),
    close: () => api.close(),
  };
}

const pathOf = (pair: string): string => `/v1/pairs/${encodeURIComponent(pair)}`;

function bodyOf({ kind, gate, plan, site, reason, discardAtMost }: Decision): object {
  return { kind, gate, plan, site, reason, discardAtMost };
}

async function status(api: ApiConnection, pair: string): Promise<PairStatus> {
  return statusOf(await api.get<Transported<PairStatus>>(`${pathOf(pair)}/status`));
}

/** By looking again and again: an API that held a question open for as long as a run lasts would run out of them. */
async function lastResult(api: ApiConnection, pair: string): Promise<RunResult> {
  for (;;) {
    const seen = await status(api, pair);
    if (seen.run === 'none') throw named('WorkflowNotFoundError', `${pair} has had no run.`);
    if (seen.run === 'closed') {
      if (seen.result) return seen.result;
      throw named('WorkflowFailedError', `The run of ${pair} left no result: it ended ${seen.outcome}.`);
    }
    await pause(lookEveryMs);
  }
}

async function resultOf(api: ApiConnection, pair: string, runId: string): Promise<RunResult> {
  for (;;) {
    const result = await api.find<RunResult>(`${pathOf(pair)}/runs/${encodeURIComponent(runId)}`, 'NotEnded');
    if (result) return result;
    await pause(lookEveryMs);
  }
}

async function runs(
  api: ApiConnection,
  { pair, open, limit }: { pair?: string; open?: boolean; limit: number },
): Promise<readonly ListedRun[]> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (pair !== undefined) query.set('pair', pair);
  if (open !== undefined) query.set('open', String(open));
  const listed = await api.get<{ runs: readonly Transported<ListedRun>[] }>(`/v1/runs?${query.toString()}`);
  return listed.runs.map(listedRunOf);
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
