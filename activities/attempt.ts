import { Context } from '@temporalio/activity';
import type { Progress } from '../domain/comparison';
import { OperatingFailure } from '../domain/failure-types';
import type { Sending } from '../gateways/ports';
import { openDeadline } from './deadline';
import type { Clock } from './dependencies';

/** gRPC's NOT_FOUND: the server no longer waits for this attempt. */
const grpcNotFound = 5;

/** One attempt of a mutating activity, and its right to send. */
export interface Attempt {
  /** For reads before the effect: ends when the attempt's time is up. */
  signal: AbortSignal;
  /**
   * To be called immediately before the effect. Fails with `DeadlinePassed` when the attempt is too old, and with
   * `AttemptSuperseded` when Temporal says that it is over: a worker that was frozen and thawed sends nothing late.
   */
  sending(): Promise<Sending>;
  clock: Pick<Clock, 'now'>;
  /** Tells how far a long command has come. */
  tell(progress: Progress): void;
}

/**
 * Opens an attempt; call it in the first line of the activity, since its time is measured from here.
 * The server is asked as well, because a worker may have been frozen before the first line was reached.
 */
export function openAttempt(commandId: string, clock: Clock): Attempt {
  const context = Context.current();
  const { signal, assertInTime } = openDeadline(clock, context.info.startToCloseTimeoutMs, [
    context.cancellationSignal,
  ]);
  return {
    signal,
    async sending() {
      assertInTime();
      await assertStillOurs(context, signal);
      assertInTime();
      return { commandId, signal };
    },
    clock,
    tell: (progress) => context.heartbeat(progress),
  };
}

/**
 * RecordActivityTaskHeartbeat answers NOT_FOUND once the attempt timed out, was retried or the run ended. The client would ask
 * again and again while Temporal is away: the question ends with the attempt's time.
 */
async function assertStillOurs(context: Context, signal: AbortSignal): Promise<void> {
  const { taskToken, workflowNamespace: namespace } = context.info;
  try {
    await context.client.withAbortSignal(signal, () =>
      context.client.workflowService.recordActivityTaskHeartbeat({ namespace, taskToken }),
    );
  } catch (cause) {
    const over = (cause as { code?: number }).code === grpcNotFound;
    const message = over
      ? 'Temporal no longer waits for this attempt; nothing was sent.'
      : 'Temporal could not say whether this attempt is still wanted; nothing was sent.';
    throw new OperatingFailure('AttemptSuperseded', message, { retryable: true, cause });
  }
}
