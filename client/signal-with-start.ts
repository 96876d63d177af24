import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { AlertMessage } from '../domain/alert';
import { sitePairWorkflowId } from '../workflows/contract/ids';
import type { SitePairRunInput } from '../workflows/contract/inputs';
import { alertSignal } from '../workflows/contract/messages';
import { runSummary, sitePairRunType, workflowTaskTimeoutSeconds } from './start-options';

/** The run that took the message; `started` says whether the message began it. */
export interface SignalledRun {
  workflowId: string;
  runId: string;
  started: boolean;
}

/**
 * Wakes the pair's run, or starts one that protects the pair; one call, durable when it returns, also with no worker up.
 * Asked of the raw service because the SDK drops `started` from the answer.
 * @throws the gRPC error when Temporal did not take the message; then nothing is known to be stored.
 */
export async function signalAlertWithStart(
  client: Client,
  taskQueue: string,
  pair: string,
  alert: AlertMessage,
): Promise<SignalledRun> {
  const workflowId = sitePairWorkflowId(pair);
  const input: SitePairRunInput = { pair, goal: 'protect' };
  const payloads = (value: unknown) => ({ payloads: [defaultPayloadConverter.toPayload(value)] });
  const answer = await client.workflowService.signalWithStartWorkflowExecution({
    namespace: client.options.namespace,
    identity: client.options.identity,
    requestId: randomUUID(),
    workflowId,
    workflowType: { name: sitePairRunType },
    taskQueue: { name: taskQueue },
    input: payloads(input),
    signalName: alertSignal.name,
    signalInput: payloads(alert),
    workflowTaskTimeout: { seconds: workflowTaskTimeoutSeconds as never },
    userMetadata: { summary: defaultPayloadConverter.toPayload(runSummary(input)) },
  });
  return { workflowId, runId: answer.runId, started: answer.started };
}
