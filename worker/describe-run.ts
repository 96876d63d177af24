import { defaultPayloadConverter } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';
import type { EpochMs } from '../domain/time';
import { sitePairWorkflowId } from '../workflows/contract/ids';
import type { RunMemo } from '../workflows/contract/inputs';
import { memoKey } from '../workflows/contract/memo';

/** A pair's open run, as Temporal tells it without asking a worker. */
export interface DescribedRun {
  /** Of the run, however many histories it went on under; of its current history until it was looked at. */
  startedAt?: EpochMs;
  /** Absent until the run was looked at for the first time. */
  memo?: RunMemo;
}

/** gRPC NOT_FOUND: the pair never had a run, or its history has expired. */
const grpcNotFound = 5;

/**
 * Reads a pair's run from Temporal. Asked of the server itself and not of its visibility store, which may lag or be down.
 * @returns the open run, or `undefined` when there is none; fails when Temporal could not be asked within `withinMs`.
 */
export function describeRuns(
  connection: NativeConnection,
  namespace: string,
  withinMs: number,
): (pair: string) => Promise<DescribedRun | undefined> {
  return async (pair) => {
    const execution = { workflowId: sitePairWorkflowId(pair) };
    const { workflowExecutionInfo: info } = await connection
      .withDeadline(Date.now() + withinMs, () =>
        connection.workflowService.describeWorkflowExecution({ namespace, execution }),
      )
      .catch((error: unknown) => {
        if ((error as { code?: number }).code === grpcNotFound) return { workflowExecutionInfo: undefined };
        throw error;
      });
    if (!info || info.closeTime) return undefined;
    const { memo, startTime } = info;
    const payload = memo?.fields?.[memoKey];
    const told = payload && defaultPayloadConverter.fromPayload<RunMemo>(payload);
    return {
      startedAt: told?.startedAt ?? (startTime?.seconds && startTime.seconds.toNumber() * 1_000) ?? undefined,
      memo: told,
    };
  };
}
