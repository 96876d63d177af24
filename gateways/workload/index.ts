import { basename } from 'node:path';
import { OperatingFailure } from '../../domain/failure-types';
import type { SiteName } from '../../domain/site-pair';
import { shareable } from '../ended-by';
import type { WorkloadGateway } from '../ports';
import { commandEnvironment } from '../programs/environment';
import { runProgram, type ProgramEnd } from '../programs/run-program';
import { timeUp } from '../../runtime/time-up';

/** Program and arguments. */
export type WorkloadCommand = readonly [program: string, ...rest: string[]];

export interface ExecWorkloadOptions {
  pair: string;
  site: SiteName;
  commands: { stop: WorkloadCommand; start: WorkloadCommand; status?: WorkloadCommand };
  /** After this a command is ended, with all that it started. */
  timeoutSeconds: number;
  /** Of which a few names are passed on; see programs/environment.ts. */
  environment: NodeJS.ProcessEnv;
}

/** A command that is under way. */
interface Attempt {
  what: 'stop' | 'start' | 'status';
  command: WorkloadCommand;
  commandId?: string;
  signal: AbortSignal;
}

/** Exit codes of a status command (Linux Standard Base 5.0, "Init Script Actions"): program is running; is not running. */
const running = 0;
const stopped = 3;

/**
 * Stops and starts a site's application by commands of the configuration. A failure says nothing about the application:
 * a command that was ended may have done a part of its work.
 * Failure types: `WorkloadFailed`, `WorkloadTimedOut`, and `NotObserved` of a state that no command tells.
 */
export function createExecWorkload(options: ExecWorkloadOptions): WorkloadGateway & { close(): Promise<void> } {
  const { pair, site, commands, timeoutSeconds } = options;
  const closing = new AbortController();
  const underWay = new Set<Promise<ProgramEnd>>();

  async function run({ what, command, commandId, signal }: Attempt): Promise<ProgramEnd> {
    const [program, ...rest] = command;
    const run = runProgram({
      program,
      arguments: rest,
      environment: commandEnvironment(options.environment, { pair, site, commandId }),
      signal: AbortSignal.any([shareable(signal), closing.signal, timeUp(timeoutSeconds * 1_000)]),
    });
    underWay.add(run);
    const end = await run.finally(() => underWay.delete(run));
    const named = `The ${what} command of ${site} (${basename(program)})`;
    if (end.ended === 'stopped') throw timedOut(named, end.output, signal.aborted || closing.signal.aborted);
    if (end.ended === 'notStarted') throw failed(`${named} could not be started: ${end.code}.`, false);
    if (end.ended === 'signalled') throw failed(withOutput(`${named} was ended by ${end.by}`, end.output), true);
    const codes = what === 'status' ? [running, stopped] : [0];
    if (!codes.includes(end.code)) throw failed(withOutput(`${named} ended with ${end.code}`, end.output), true);
    return end;
  }

  const carryOut = async (attempt: Attempt): Promise<string> => {
    const end = await run(attempt);
    return 'output' in end ? end.output : '';
  };

  return {
    async readState(signal) {
      const { status } = commands;
      if (!status) {
        throw new OperatingFailure('NotObserved', `No command tells whether the application of ${site} runs.`, {
          retryable: false,
        });
      }
      const end = await run({ what: 'status', command: status, signal });
      return 'code' in end && end.code === running ? 'running' : 'stopped';
    },

    stop: ({ commandId, signal }) => carryOut({ what: 'stop', command: commands.stop, commandId, signal }),
    start: ({ commandId, signal }) => carryOut({ what: 'start', command: commands.start, commandId, signal }),

    /** Ends the commands that are under way, and waits for that. */
    async close() {
      closing.abort();
      await Promise.all(underWay);
    },
  };
}

function failed(message: string, retryable: boolean): OperatingFailure {
  return new OperatingFailure('WorkloadFailed', message, { retryable });
}

function timedOut(named: string, output: string, unwanted: boolean): OperatingFailure {
  const why = unwanted ? 'was ended, since nobody waits for it any more' : 'did not end in time, and was ended';
  return new OperatingFailure('WorkloadTimedOut', withOutput(`${named} ${why}`, output), { retryable: true });
}

function withOutput(sentence: string, output: string): string {
  return output === '' ? `${sentence}.` : `${sentence}:\n${output}`;
}
