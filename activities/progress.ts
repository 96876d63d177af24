import { Context } from '@temporalio/activity';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Progress } from '../domain/comparison';
import type { RunState } from '../domain/state';

/** Nobody waits for it: what was read of the sites is worth more. */
const readBudgetMs = 1_000;

/**
 * How far the run's long command has come, as its attempt last told Temporal by heartbeat.
 * @returns `undefined` where nothing is running, or where it could not be read; it never fails.
 */
export async function readProgress({ commands }: Pick<RunState, 'commands'>): Promise<Progress | undefined> {
  const { running } = commands;
  if (!running) return undefined;
  try {
    const { client, info } = Context.current();
    const { workflowNamespace: namespace, workflowExecution: execution } = info;
    const { pendingActivities } = await client.withDeadline(Date.now() + readBudgetMs, () =>
      client.workflowService.describeWorkflowExecution({ namespace, execution }),
    );
    const pending = pendingActivities?.find(({ activityId }) => activityId === running.commandId);
    const payload = pending?.heartbeatDetails?.payloads?.[0];
    const told: unknown = payload && defaultPayloadConverter.fromPayload(payload);
    return isProgress(told) ? told : undefined;
  } catch {
    return undefined;
  }
}

function isProgress(told: unknown): told is Progress {
  const { what, done, total } = (told ?? {}) as Partial<Progress>;
  return typeof what === 'string' && typeof done === 'number' && typeof total === 'number';
}
