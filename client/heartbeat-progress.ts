import type { WorkflowExecutionDescription } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { z } from 'zod';
import type { Progress } from '../domain/comparison';

const progressSchema = z.object({
  what: z.string(),
  done: z.number(),
  total: z.number(),
  since: z.number(),
  at: z.number(),
}) satisfies z.ZodType<Progress>;

/**
 * How far the long command of a run has come, by the last heartbeat of its activity; `undefined` where none is under way
 * that tells. Never fails: what cannot be understood is no progress.
 */
export function heartbeatProgress({ raw }: Pick<WorkflowExecutionDescription, 'raw'>): Progress | undefined {
  for (const { heartbeatDetails } of raw.pendingActivities ?? []) {
    const [payload] = heartbeatDetails?.payloads ?? [];
    const progress = payload && progressIn(payload);
    if (progress) return progress;
  }
  return undefined;
}

function progressIn(payload: Parameters<typeof defaultPayloadConverter.fromPayload>[0]): Progress | undefined {
  try {
    return progressSchema.safeParse(defaultPayloadConverter.fromPayload(payload)).data;
  } catch {
    return undefined;
  }
}
