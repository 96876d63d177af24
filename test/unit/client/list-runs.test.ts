import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { listRuns, visibilityQuery } from '../../../client/list-runs';
import { memoKey } from '../../../workflows/contract/memo';

const startTime = new Date('2026-11-22T03:12:01Z');
const info = (part: object): WorkflowExecutionInfo =>
  ({
    ...{ workflowId: 'site-pair/keycloak-prod', runId: 'run-1', startTime, status: { name: 'RUNNING' } },
    ...part,
  }) as unknown as WorkflowExecutionInfo;

/** A server that lists these runs, and gives the result of each closed one; how it was asked is told. */
function server(found: readonly WorkflowExecutionInfo[], result: () => Promise<unknown>) {
  const asked: object[] = [];
  async function* list(options: object) {
    asked.push(options);
    yield* found;
  }
  const workflow = { list, getHandle: () => ({ result }) };
  const client = { workflow, withDeadline: (_: number, run: () => unknown) => run() } as unknown as Client;
  return { client, asked };
}

describe('list of runs', () => {
  it.each([
    [{}, `WorkflowType = 'sitePairRun' AND ExecutionStatus != 'ContinuedAsNew'`],
    [{ open: true }, `WorkflowType = 'sitePairRun' AND ExecutionStatus = 'Running'`],
    [
      { open: false, pair: "it's" },
      `WorkflowType = 'sitePairRun' AND WorkflowId = 'site-pair/it\\'s' AND ` +
        `ExecutionStatus != 'ContinuedAsNew' AND ExecutionStatus != 'Running'`,
    ],
  ])('%j: a run that went on under a new history is one run, and a name stays in its quotation', (query, wanted) => {
    expect(visibilityQuery(query)).toBe(wanted);
  });

  it('leaves out what is no run of a pair, and ends at its limit', async () => {
    const runs = [info({ workflowId: 'other' }), info({}), info({ runId: 'run-2' })];
    const { client, asked } = server(runs, async () => undefined);

    const listed = await listRuns(client, { limit: 1 });

    expect(listed.map(({ runId }) => runId)).toEqual(['run-1']);
    expect(asked).toEqual([expect.objectContaining({ pageSize: 1 })]);
  });

  it('a run began when its first history did', async () => {
    const startedAt = startTime.getTime() - 3_600_000;
    const { client } = server([info({ memo: { [memoKey]: { startedAt, phase: 'fenced' } } })], async () => undefined);

    expect(await listRuns(client, { limit: 9 })).toMatchObject([{ startedAt: new Date(startedAt), phase: 'fenced' }]);
  });

  it('a closed run whose history is gone only ended; other errors are told', async () => {
    const completed = [info({ status: { name: 'COMPLETED' }, closeTime: startTime })];
    const failing = (name: string) => async () => {
      throw Object.assign(new Error('no'), { name });
    };

    const listed = await listRuns(server(completed, failing('WorkflowNotFoundError')).client, { limit: 9 });

    expect(listed).toMatchObject([{ outcome: 'completed', incident: undefined }]);
    await expect(listRuns(server(completed, failing('ServiceError')).client, { limit: 9 })).rejects.toThrow('no');
  });
});
