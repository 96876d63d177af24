import {
  ActivityFailure,
  ApplicationFailure,
  proxyActivities,
  TimeoutFailure,
  type ActivityFunction,
  type ActivityInterfaceFor,
} from '@temporalio/workflow';
import type { CommandAccepted, CommandInput } from '../activities/types';
import { describeCommand, restores, runsLong, type Command, type CommandKind } from '../domain/command';
import { mayStillLand, type CommandOutcome } from '../domain/command-outcome';
import { failureTypes, type FailureType } from '../domain/failure-types';
import type { TaskQueues } from './contract/task-queues';

/** All time-outs of commands. One attempt each: whether to try again is assessed, not configured. */
const commandOptions = {
  startToCloseTimeout: '5 seconds',
  scheduleToStartTimeout: '10 seconds',
  retry: { maximumAttempts: 1 },
} as const;
/** Of those that may take minutes; a worker that died is noticed by its silence. */
const longOptions = { ...commandOptions, startToCloseTimeout: '30 minutes', heartbeatTimeout: '15 seconds' } as const;
/** Of those that go from cache to cache. */
const manyCallsOptions = { ...commandOptions, startToCloseTimeout: '10 seconds' } as const;

type Run<Kind extends CommandKind> = (input: CommandInput<Kind>) => Promise<CommandAccepted>;
type Commands = { [Kind in CommandKind]: Run<Kind> };

const commands = proxyActivities<Commands>(commandOptions);

/** Runs one command once, on the queue of those who may. */
export async function runCommand(
  { pair, commandId, command }: { pair: string; commandId: string; command: Command },
  queues: TaskQueues,
): Promise<CommandOutcome> {
  const options = {
    ...timesOf(command),
    taskQueue: restores(command) ? queues.restore : queues.fence,
    activityId: commandId,
    summary: `${describeCommand(command)} [${commandId.slice(commandId.indexOf('/') + 1)}]`,
  };
  // Which command belongs to which kind is known to whoever made it, and not to the compiler here.
  const run = commands[command.kind] as ActivityInterfaceFor<{ run: ActivityFunction }>['run'];
  try {
    return { accepted: (await run.executeWithOptions(options, [{ pair, commandId, command }])) as CommandAccepted };
  } catch (error) {
    return { failed: failureOf(error, command) };
  }
}

function timesOf(command: Command) {
  if (runsLong(command)) return longOptions;
  return command.kind === 'emptySite' || command.kind === 'startPush' || command.kind === 'cancelPush'
    ? manyCallsOptions
    : commandOptions;
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
