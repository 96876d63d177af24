import { commandKey, runsLong, type Command } from './command';
import type { Comparison } from './comparison';
import type { FailureType } from './failure-types';
import type { CommandFailure, CommandMemory } from './state';
import { seconds, type EpochMs } from './time';

/** How a command ended, as a value: a failure is an answer, and the next observation says what is true. */
export type CommandOutcome =
  | { accepted: { at: EpochMs; comparison?: Comparison } }
  | { failed: { type: FailureType; message: string; mayStillLand: boolean } };

/** Failures after which the command is known not to have been applied; after every other one it may yet be. */
const notApplied: ReadonlySet<FailureType> = new Set<FailureType>([
  'DeadlinePassed',
  'AttemptSuperseded',
  'LastEndpointGuard',
  'LostSiteServes',
  'SiteStillAdmitted',
  'KeepSiteStillOnline',
  'KeepSiteRestarted',
  'WorkloadManual',
  'FenceManual',
  'ShadowMode',
  'LockHeld',
  'LockLost',
  'LockUnavailable',
  'NoWorker',
  'RestoreNotPermitted',
  'PairUnknown',
  'SecretUnavailable',
  'SecretMalformed',
  'TrafficThrottled',
  'TrafficDenied',
  'TrafficNotFound',
  'TrafficRejected',
  'InfinispanUntrusted',
  'InfinispanUnauthorized',
  'InfinispanDenied',
  'InfinispanNotFound',
]);

/** Whether a command that failed so may take effect all the same. Unknown counts as yes. */
export function mayStillLand(type: FailureType): boolean {
  return !notApplied.has(type);
}

/** Failures on the way: whoever the command is for was not asked, so they say nothing of them. */
const notAsked: ReadonlySet<FailureType> = new Set<FailureType>([
  'DeadlinePassed',
  'AttemptSuperseded',
  'NoWorker',
  'LockHeld',
  'LockLost',
  'LockUnavailable',
]);

/** Whether a failure comes from what the command was sent to. Unknown counts as yes. */
export function wasAsked({ type }: { type: FailureType }): boolean {
  return !notAsked.has(type);
}

/** How often in a row the command was refused by what it is for; none where the last try did not get there. */
export function refusalsOf(failure: CommandFailure): number {
  return wasAsked(failure) ? failure.count - (failure.notAsked ?? 0) : 0;
}

/** How long a command that timed out may still take effect. */
const mayStillLandMs = seconds(5);

/** When and in which round a command was asked for, by the clock of whoever assessed. */
export interface Asking {
  at: EpochMs;
  round: number;
}

/**
 * What the loop remembers of a command that ended at `now`; the round was counted before it was sent. Workers' clocks differ:
 * nothing is accepted before it was asked for or after it ended, and which comparison is the later one is told by its round.
 * @param now By the clock of whoever assessed, as `asked.at`: what is assessed next is measured against it.
 * Invariant: an attempt that may still land is not forgotten because a later one was accepted or refused.
 */
export function recordOutcome(
  memory: CommandMemory,
  command: Command,
  outcome: CommandOutcome,
  now: EpochMs,
  asked: Asking,
): CommandMemory {
  const key = commandKey(command);
  const { acceptedAt, failures } = memory;
  if ('accepted' in outcome) {
    const { [key]: _succeeded, ...others } = failures;
    const { at, comparison } = outcome.accepted;
    const compared = comparison && { comparison, comparedInRound: asked.round };
    const acceptedThen = Math.min(Math.max(at, asked.at), Math.max(now, asked.at));
    return { ...memory, acceptedAt: { ...acceptedAt, [key]: acceptedThen }, failures: others, ...compared };
  }
  const { type, message, mayStillLand } = outcome.failed;
  const earlier = failures[key];
  const since = earlier?.type === type ? (earlier.since ?? earlier.at) : now;
  const notAskedSoFar = (earlier?.notAsked ?? 0) + (wasAsked({ type }) ? 0 : 1);
  const failure: CommandFailure = {
    ...{ type, message, at: now, since, count: (earlier?.count ?? 0) + 1 },
    ...(notAskedSoFar > 0 && { notAsked: notAskedSoFar }),
  };
  // A long command ends whenever it ends; it must not push out what the loop itself sent a moment ago.
  const before = memory.unconfirmed && now < memory.unconfirmed.until ? memory.unconfirmed : undefined;
  const isKept = !mayStillLand || command.kind === 'compareSites' || (runsLong(command) && before !== undefined);
  const unconfirmed = isKept ? memory.unconfirmed : { command, until: now + mayStillLandMs };
  const unconfirmedBefore = isKept ? memory.unconfirmedBefore : othersThatMayLand(memory, command, now);
  return { ...memory, failures: { ...failures, [key]: failure }, unconfirmed, unconfirmedBefore };
}

/** A guard's command may time out while one of the other direction that timed out before it can still land. */
function othersThatMayLand(
  { unconfirmed, unconfirmedBefore = [] }: CommandMemory,
  command: Command,
  now: EpochMs,
): CommandMemory['unconfirmedBefore'] {
  const before = unconfirmed ? [unconfirmed, ...unconfirmedBefore] : unconfirmedBefore;
  const others = before.filter((one) => now < one.until && commandKey(one.command) !== commandKey(command));
  return others.length > 0 ? others : undefined;
}
