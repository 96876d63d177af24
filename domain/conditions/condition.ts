import { commandKey, restores, runsLong, type Command, type CommandKind } from '../command';
import type { FailureType } from '../failure-types';
import { isHeldByItself } from '../held';
import { wait, waitForEnd, type Next } from '../next';
import type { Observation } from '../observation';
import { oneLine } from '../one-line';
import type { Digest } from '../plan';
import type { SitePair } from '../site-pair';
import type { CommandFailure, Known, Roles, RunState, Unconfirmed } from '../state';
import { clockTime, recently, seconds, type EpochMs } from '../time';

/** Everything a condition may look at. `known` already holds what this round's observation taught. */
export interface Situation {
  pair: SitePair;
  state: RunState;
  known: Known;
  roles: Roles;
  observation: Observation;
  now: EpochMs;
  digest: Digest;
}

/**
 * One row of a runbook: something to be made true.
 * The texts are what the runbook page prints: `because` the reason, `undo` how to take it back or why one cannot.
 */
export interface Condition {
  name: string;
  because: string;
  undo: string;
  holds(situation: Situation): boolean;
  make(situation: Situation): Next;
}

/** A runbook's rows in order: the first that does not hold says what is next. */
export function firstUnmet(conditions: readonly Condition[], situation: Situation): Next | undefined {
  return conditions.find((condition) => !condition.holds(situation))?.make(situation);
}

type Blocked = Extract<Next, { kind: 'blocked' }>;

const backOffSeconds = [1, 2, 5] as const;
const longestBackOffSeconds = 15;
/** Failures after which a person is asked. */
export const failureBudget = 5;

/** A command that must succeed in the end: tried again for ever, at most 15 s apart. */
export function protect(situation: Situation, command: Command, because: string): Next {
  return settled(situation, command) ?? backOff(situation, command) ?? { kind: 'do', command, because };
}

/** A step towards online: held by a hold, and Blocked once its budget of failures is spent. */
export function restore(situation: Situation, command: Command, because: string): Next {
  return holding(situation) ?? prepare(situation, command, because);
}

/** As `restore`, of what brings nothing back: it goes on under a hold, so that people can read there what they would release. */
export function prepare(situation: Situation, command: Command, because: string): Next {
  const { commands } = situation.state;
  const running = commands.running?.command;
  if (running && runsLong(command)) return waitForEnd(running);
  const failure = ofThisWay(situation, commands.failures[commandKey(command)]);
  if (failure && (failure.count >= failureBudget || failure.type === 'RestoreNotPermitted')) {
    const { type, message, at } = failure;
    return { kind: 'blocked', command, type, message, since: at, can: ['retry', 'confirm', 'abort'] };
  }
  return protect(situation, command, because);
}

/** What failed before this synchronize or return was decided on is not held against it. */
function ofThisWay({ known }: Situation, failure: CommandFailure | undefined): CommandFailure | undefined {
  const since = known.return?.since ?? known.synchronization?.since ?? 0;
  return failure && failure.at >= since ? failure : undefined;
}

/** While a person holds the run, or it was fenced anew inside its soak and nobody released it. */
export function holding({ state: { heard }, known }: Pick<Situation, 'state' | 'known'>): Next | undefined {
  if (heard.hold) return wait(`release: ${heard.hold.by} holds this run`, { pace: 'slow' });
  if (!isHeldByItself(known)) return undefined;
  return wait('release: a new split inside the soak was fenced, so the run holds itself', { pace: 'slow' });
}

/** A step that cannot go on without a person, for a reason that is no failure of a call; under a hold it is held. */
export function blockedBy(situation: Situation, command: Command, type: FailureType, message: string): Next {
  return holding(situation) ?? needsPerson(situation, command, type, message);
}

/** As `blockedBy`, of what brings nothing back: it is said under a hold too. */
export function needsPerson(situation: Situation, command: Command, type: FailureType, message: string): Blocked {
  const { known, now } = situation;
  const since = known.humanWaits?.findLast(({ to, what }) => to === undefined && what === type)?.from ?? now;
  // That sites are equal, quiet or healthy is read; nobody's word stands for it.
  const byWord = type === 'WorkloadManual' || type === 'FenceManual';
  const can = byWord ? (['retry', 'confirm', 'abort'] as const) : (['retry', 'abort'] as const);
  return { kind: 'blocked', command, type, message, since, can };
}

/** How long what was accepted may take to show in reads; until then it is not sent again. */
const showsWithinMs: Readonly<Record<CommandKind, number>> = {
  removeEndpoint: seconds(10),
  removeLostEndpoint: seconds(10),
  addEndpoint: seconds(10),
  takeBackupOffline: seconds(5),
  fenceByDevice: seconds(10),
  unfenceByDevice: seconds(10),
  stopApplication: seconds(10),
  // Nothing is to be shown: a comparison that does not count is not repeated without a pause.
  compareSites: seconds(2),
  emptySite: seconds(5),
  cancelPush: seconds(5),
  startPush: seconds(5),
  bringBackupOnline: seconds(5),
  startApplication: seconds(10),
  // Nothing shows it but its own answer.
  refreshApplication: seconds(2),
};

/** True while the command was accepted so recently that its effect may be there without having been read. */
export function maySoonShow({ state, now }: Pick<Situation, 'state' | 'now'>, command: Command): boolean {
  return recently(state.commands.acceptedAt[commandKey(command)], showsWithinMs[command.kind], now);
}

/** Further ahead than any attempt may live: the clocks disagree, and a wait must end whatever they say. */
const mayLandAtMostMs = seconds(15);

/** The commands that timed out and may still take effect, the latest first. */
export function unconfirmedCommands({ state, now }: Pick<Situation, 'state' | 'now'>): readonly Unconfirmed[] {
  const { unconfirmed, unconfirmedBefore = [] } = state.commands;
  const all = unconfirmed ? [unconfirmed, ...unconfirmedBefore] : unconfirmedBefore;
  return all.filter(({ until }) => now < until && until - now <= mayLandAtMostMs);
}

/** A change of direction, from fencing to restoring or back, waits until an unconfirmed command can no longer land. */
function settled(situation: Situation, command: Command): Next | undefined {
  const unconfirmed = unconfirmedCommands(situation).find(
    ({ command: sent }) =>
      restores(sent) !== restores(command) &&
      // What a late push or bring-online attaches, the guard detaches again; only clients that come back late are no small thing.
      (restores(command) || sent.kind === 'addEndpoint'),
  );
  if (!unconfirmed) return undefined;
  return wait('an earlier command, which may still take effect', { until: unconfirmed.until });
}

function backOff({ state, now }: Situation, command: Command): Next | undefined {
  const failure = state.commands.failures[commandKey(command)];
  if (!failure) return undefined;
  const spanMs = seconds(backOffSeconds[failure.count - 1] ?? longestBackOffSeconds);
  if (!recently(failure.at, spanMs, now)) return undefined;
  return wait(`another try after ${sayFailure(failure)}`, { until: failure.at + spanMs });
}

/** What ends only when somebody sees to it, though nobody is asked: what protects is tried again for ever, and not Blocked. */
const seeTo: Partial<Record<FailureType, string>> = {
  LockHeld: 'Let that automation end, or end it: docs/runbooks/lock.md',
  LockUnavailable: 'See to the store of locks: docs/runbooks/lock.md',
};

function sayFailure({ type, message, at, since = at }: CommandFailure): string {
  const whatToDo = seeTo[type];
  if (whatToDo === undefined) return type;
  return `${type}, since ${clockTime(since)}: ${oneLine(message, 300)} ${whatToDo}`;
}
