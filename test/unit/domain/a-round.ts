import { assess, type Assessment } from '../../../domain/assess';
import { commandKey, describeCommand, type Command } from '../../../domain/command';
import type { FailureType } from '../../../domain/failure-types';
import type { Observation } from '../../../domain/observation';
import type { CommandFailure, CommandMemory, Known, RunState } from '../../../domain/state';
import { digest, groupArn, now, pair } from '../../support/observations';

export const remove: Command = { kind: 'removeEndpoint', groupArn, site: 'site-b', keepSite: 'site-a' };
export const detach: Command = { kind: 'takeBackupOffline', onSite: 'site-a', backupSite: 'site-b' };
export const dropKeepSite: Command = { kind: 'takeBackupOffline', onSite: 'site-b', backupSite: 'site-a' };
export const add: Command = {
  kind: 'addEndpoint',
  groupArn,
  site: 'site-b',
  settings: { weight: 77, clientIpPreservation: true },
};

/** One assessment, and the run as it is after it. */
export function round(
  state: RunState,
  observation: Observation,
  at = now,
): Assessment & { state: RunState; says: string } {
  const assessment = assess({ pair, state, observation, now: at, digest });
  const { next } = assessment;
  const says =
    next.kind === 'do'
      ? describeCommand(next.command)
      : next.kind === 'wait'
        ? `wait for ${next.for}`
        : next.kind === 'refuse'
          ? `refuse: ${next.refusal.code}`
          : next.kind === 'ask'
            ? `ask: ${next.gate}`
            : next.kind === 'finish'
              ? `finish: ${next.outcome}`
              : `blocked: ${next.type}`;
  return { ...assessment, says, state: { ...state, known: assessment.remember ?? state.known } };
}

export function knowing(state: RunState, part: Partial<Known>): RunState {
  return { ...state, known: { ...state.known, ...part } };
}

export function withCommands(state: RunState, part: Partial<CommandMemory>): RunState {
  return { ...state, commands: { ...state.commands, ...part } };
}

export function accepted(state: RunState, command: Command, at: number): RunState {
  return withCommands(state, { acceptedAt: { ...state.commands.acceptedAt, [commandKey(command)]: at } });
}

export function failed(state: RunState, command: Command, part: Partial<CommandFailure> = {}): RunState {
  const type: FailureType = 'TrafficThrottled';
  const failure = { count: 1, type, message: 'no', at: now, ...part };
  return withCommands(state, { failures: { ...state.commands.failures, [commandKey(command)]: failure } });
}

export function unconfirmed(state: RunState, command: Command, until: number): RunState {
  return withCommands(state, { unconfirmed: { command, until } });
}

export function held(state: RunState): RunState {
  return { ...state, heard: { ...state.heard, hold: { by: 'somebody', reason: 'a test', at: now } } };
}

export function aborted(state: RunState, at = now - 100): RunState {
  return { ...state, heard: { ...state.heard, abort: { by: 'somebody', reason: 'a test', at } } };
}
