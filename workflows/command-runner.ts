import { ActivityFailure, ApplicationFailure, proxyActivities, TimeoutFailure } from '@temporalio/workflow';
import type { Activities, CommandAccepted } from '../activities/types';
import { describeCommand, restores, type Command } from '../domain/command';
import { mayStillLand, type CommandOutcome } from '../domain/command-outcome';
import { failureTypes, type FailureType } from '../domain/failure-types';
import type { TaskQueues } from './contract/task-queues';

/** All time-outs of commands. One attempt each: whether to try again is assessed, not configured. */
const commandOptions = {
  startToCloseTimeout: '5 seconds',
  scheduleToStartTimeout: '10 seconds',
  retry: { maximumAttempts: 1 },
} as const;

const commands =
  proxyActivities<Pick<Activities, 'removeEndpoint' | 'removeLostEndpoint' | 'takeBackupOffline' | 'addEndpoint'>>(
    commandOptions,
  );

/** Runs one command once, on the queue of those who may. */
export async function runCommand(
  { pair, commandId, command }: { pair: string; commandId: string; command: Command },
  queues: TaskQueues,
): Promise<CommandOutcome> {
  const options = {
    ...commandOptions,
    taskQueue: restores(command) ? queues.restore : queues.fence,
    activityId: commandId,
    summary: `${describeCommand(command)} [${commandId.slice(commandId.indexOf('/') + 1)}]`,
  };
  try {
    return { accepted: await dispatch(command, { pair, commandId }, options) };
  } catch (error) {
    return { failed: failureOf(error, command) };
  }
}

function dispatch(
  command: Command,
  ids: { pair: string; commandId: string },
  options: typeof commandOptions & { taskQueue: string; activityId: string; summary: string },
): Promise<CommandAccepted> {
  switch (command.kind) {
    case 'removeEndpoint':
      return commands.removeEndpoint.executeWithOptions(options, [{ ...ids, command }]);
    case 'removeLostEndpoint':
      return commands.removeLostEndpoint.executeWithOptions(options, [{ ...ids, command }]);
    case 'takeBackupOffline':
      return commands.takeBackupOffline.executeWithOptions(options, [{ ...ids, command }]);
    case 'addEndpoint':
      return commands.addEndpoint.executeWithOptions(options, [{ ...ids, command }]);
  }
}

function failureOf(error: unknown, command: Command): { type: FailureType; message: string; mayStillLand: boolean } {
  if (!(error instanceof ActivityFailure)) throw error;
  const { cause } = error;
  if (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START') {
    const type = restores(command) ? 'RestoreNotPermitted' : 'NoWorker';
    return { type, message: failureTypes[type], mayStillLand: false };
  }
  if (cause instanceof ApplicationFailure) {
    const type = isFailureType(cause.type) ? cause.type : 'CommandFailed';
    return { type, message: cause.message, mayStillLand: mayStillLand(type) };
  }
  return { type: 'CommandTimedOut', message: failureTypes.CommandTimedOut, mayStillLand: true };
}

function isFailureType(type: string | null | undefined): type is FailureType {
  return typeof type === 'string' && type in failureTypes;
}
