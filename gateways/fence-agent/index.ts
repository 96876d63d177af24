/**
 * A fence device that is driven by an agent of ClusterLabs' fence-agents, or any other after their FenceAgentAPI: parameters as
 * `key=value` lines on standard input, never as arguments; actions off, on, status, monitor, metadata,
 * validate-all.
 * Believed is what `status` says afterwards, and never that `off` ended with 0.
 */
import { basename } from 'node:path';
import { OperatingFailure, type FailureType } from '../../domain/failure-types';
import type { DeviceState } from '../../domain/observation';
import type { DeviceName, SiteName } from '../../domain/site-pair';
import { oneLine } from '../../domain/one-line';
import type { EpochMs } from '../../domain/time';
import { endedBy, shareable } from '../ended-by';
import type { DeviceCheck, FenceDeviceGateway } from '../ports';
import type { CredentialSource, SecretReference } from '../secret-ports';
import { commandEnvironment } from '../programs/environment';
import { runProgram, type ProgramEnd } from '../programs/run-program';
import { parameterFaults, parseMetadata } from './metadata';
import { timeUp } from '../../runtime/time-up';

export interface FenceAgentOptions {
  pair: string;
  device: DeviceName;
  site: SiteName;
  /** Absolute path, or a name on PATH. */
  program: string;
  parameters: Readonly<Record<string, string>>;
  /** By parameter. */
  secrets: Readonly<Record<string, SecretReference>>;
  credentials: CredentialSource;
  /** After this an agent is ended, with all that it started. */
  timeoutSeconds: number;
  /** Of which a few names are passed on. */
  environment: NodeJS.ProcessEnv;
  clock: () => EpochMs;
}

/** FenceAgentAPI, "status": 0 is on, 2 is off, everything else says nothing. */
const exitOn = 0;
const exitOff = 2;
/** A status that is younger is not asked for again: an agent costs a process and a call to its device. */
const freshMs = 10_000;
/** Metadata is read whole; of what else an agent prints the last lines. */
const wholeMetadata = { lines: 20_000, characters: 400_000 };

type Action = 'off' | 'on' | 'status' | 'monitor' | 'metadata' | 'validate-all';

/**
 * Failure types: `FenceDeviceFailed`, `FenceDeviceTimedOut`, `FenceDeviceNotConfirmed`, those of the secrets. After each of them
 * but the last the site may be off all the same. A repeat is safe: off stays off, on stays on.
 */
export function createFenceAgent(options: FenceAgentOptions): FenceDeviceGateway & { close(): Promise<void> } {
  const { pair, device, site, program, parameters, secrets, credentials, timeoutSeconds, clock } = options;
  const closing = new AbortController();
  const underWay = new Set<Promise<ProgramEnd>>();
  let asked: { at: EpochMs; status: Promise<DeviceState>; ended: boolean } | undefined;
  let last: { at: EpochMs; state: DeviceState } | undefined;

  /** Line breaks would make further parameters of one; and of two lines for one parameter the last one counts, so ours stands last. */
  async function inputFor(action: Action): Promise<{ input: string; hidden: readonly string[] }> {
    const hidden = await Promise.all(
      Object.entries(secrets).map(
        async ([name, reference]) => [name, (await credentials.read(reference)).trim()] as const,
      ),
    );
    if (hidden.some(([, value]) => /[\r\n]/.test(value))) {
      throw new OperatingFailure('SecretMalformed', `A secret of ${device} has more than one line.`, {
        retryable: false,
      });
    }
    const given = action === 'metadata' ? [] : [...Object.entries(parameters), ...hidden];
    const input = [...given, ['action', action] as const].map(([name, value]) => `${name}=${value}\n`).join('');
    return { input, hidden: hidden.map(([, value]) => value) };
  }

  async function run(action: Action, signal: AbortSignal, commandId?: string): Promise<ProgramEnd> {
    const { input, hidden } = await inputFor(action);
    const bounds = [shareable(signal), closing.signal, timeUp(timeoutSeconds * 1_000)];
    const run = runProgram({
      program,
      arguments: [],
      environment: commandEnvironment(options.environment, { pair, site, commandId }),
      input,
      hidden,
      kept: action === 'metadata' ? wholeMetadata : undefined,
      signal: AbortSignal.any(bounds),
    });
    underWay.add(run);
    return run.finally(() => underWay.delete(run));
  }

  /** Ends only in a way that the agent chose itself. */
  async function exited(
    action: Action,
    signal: AbortSignal,
    commandId?: string,
  ): Promise<{ code: number; output: string }> {
    const end = await run(action, signal, commandId);
    const named = `${device} (${basename(program)}, ${action})`;
    const output = 'output' in end ? end.output : '';
    if (end.ended === 'notStarted')
      throw failure('FenceDeviceFailed', `${named} could not be started: ${end.code}`, '');
    if (end.ended === 'signalled') throw failure('FenceDeviceFailed', `${named} was ended by ${end.by}`, output);
    if (end.ended === 'stopped') {
      const why =
        signal.aborted || closing.signal.aborted
          ? 'was ended, since nobody waits for it any more'
          : 'did not end in time, and was ended';
      throw failure('FenceDeviceTimedOut', `${named} ${why}`, output);
    }
    return { code: end.code, output };
  }

  /**
   * Exit code 2 alone proves nothing: an interpreter without its script, and many a program that dislikes its arguments, end with
   * it too. Off is what the agent says in words as well.
   */
  async function status(signal: AbortSignal): Promise<DeviceState> {
    const { code, output } = await exited('status', signal);
    const said = /\bstatus:?\s+(on|off)\b/i.exec(output)?.[1]?.toLowerCase();
    if (code === exitOn && said !== 'off') return 'on';
    if (code === exitOff && said === 'off') return 'off';
    throw failure(
      'FenceDeviceFailed',
      `${device} (${basename(program)}) cannot tell whether ${site} is on: status ended with ${code}`,
      output,
    );
  }

  /** Shared by whoever asks at the same time, and not ended by one of them. */
  function askStatus(): Promise<DeviceState> {
    if (asked && !asked.ended) return asked.status;
    const at = clock();
    const question = { at, status: status(closing.signal), ended: false };
    asked = question;
    question.status.then(
      (state) => {
        question.ended = true;
        // What was asked before the site was switched says nothing any more.
        if (asked === question) last = { at, state };
      },
      () => (question.ended = true),
    );
    return question.status;
  }

  function forget(): void {
    asked = undefined;
    last = undefined;
  }

  async function change(action: 'off' | 'on', signal: AbortSignal, commandId: string): Promise<string> {
    forget();
    try {
      const { code, output } = await exited(action, signal, commandId);
      if (code !== 0)
        throw failure('FenceDeviceFailed', `${device} (${basename(program)}, ${action}) ended with ${code}`, output);
      const state = await status(signal);
      if (state === action) return `${device} says that ${site} is ${state}`;
      const message = `${device} (${basename(program)}) ended ${action} with 0, and says that ${site} is still ${state}`;
      throw failure('FenceDeviceNotConfirmed', message, output);
    } finally {
      forget();
    }
  }

  /** What the agent itself has against the values that it is given: its metadata tells of names alone. */
  async function validationFaults(signal: AbortSignal): Promise<readonly string[]> {
    const { code, output } = await exited('validate-all', signal);
    if (code === 0) return [];
    const said = output === '' ? '' : `: ${oneLine(output, 300)}`;
    return [`${basename(program)} refuses its parameters (validate-all ended with ${code})${said}.`];
  }

  return {
    site,

    async readState(signal) {
      if (last && clock() - last.at < freshMs) return last;
      const late = () =>
        failure('FenceDeviceTimedOut', `${device} (${basename(program)}) has not said its status yet`, '');
      const answer = askStatus();
      const at = asked?.at ?? clock();
      try {
        return { state: await endedBy(signal, late, () => answer), at };
      } catch (error) {
        // An older answer, with its own age: whoever reads it judges whether it still counts.
        if (last && error instanceof OperatingFailure && error.type === 'FenceDeviceTimedOut') return last;
        throw error;
      }
    },

    off: ({ commandId, signal }) => change('off', signal, commandId),
    on: ({ commandId, signal }) => change('on', signal, commandId),

    async check(signal): Promise<DeviceCheck> {
      const described = await exited('metadata', signal);
      const metadata = described.code === 0 ? parseMetadata(described.output) : undefined;
      if (!metadata) {
        throw failure(
          'FenceDeviceFailed',
          `${device} (${basename(program)}) does not describe itself as a fence agent`,
          described.output.slice(-200),
        );
      }
      const given = [...Object.keys(parameters), ...Object.keys(secrets)];
      const validates = metadata.actions.includes('validate-all');
      const [refused, { code, output }] = await Promise.all([
        validates ? validationFaults(signal) : [],
        exited('monitor', signal),
      ]);
      const faults = [...parameterFaults(metadata, given), ...refused];
      if (code === 0) return { faults, said: output };
      const why = faults.length > 0 ? `. ${faults.join(' ')}` : '';
      throw failure('FenceDeviceFailed', `${device} (${basename(program)}, monitor) ended with ${code}${why}`, output);
    },

    /** Ends the agents that are under way, and waits for that. */
    async close() {
      closing.abort();
      await Promise.all(underWay);
    },
  };
}

function failure(type: FailureType, sentence: string, output: string): OperatingFailure {
  const said = sentence.replace(/\.$/, '');
  return new OperatingFailure(type, output === '' ? `${said}.` : `${said}:\n${output}`, { retryable: true });
}
