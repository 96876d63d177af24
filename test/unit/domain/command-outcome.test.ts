import { commandKey, type Command } from '../../../domain/command';
import { mayStillLand, recordOutcome, refusalsOf, type CommandOutcome } from '../../../domain/command-outcome';
import type { CommandFailure, CommandMemory } from '../../../domain/state';
import { groupArn, now } from '../../support/observations';

const remove: Command = { kind: 'removeEndpoint', groupArn, site: 'site-b', keepSite: 'site-a' };
const key = commandKey(remove);
const empty: CommandMemory = { round: 7, acceptedAt: {}, failures: {} };
const accepted: CommandOutcome = { accepted: { at: now } };
const failed = (mayStillLand: boolean): CommandOutcome => ({
  failed: { type: mayStillLand ? 'CommandTimedOut' : 'TrafficThrottled', message: 'no', mayStillLand },
});

const asked = { at: now, round: 1 };

describe('command outcome', () => {
  it('remembers when a command was accepted, and forgets its failures', () => {
    const after = recordOutcome(
      recordOutcome(empty, remove, failed(false), now, asked),
      remove,
      accepted,
      now + 50,
      asked,
    );

    expect(after).toEqual({ round: 7, acceptedAt: { [key]: now }, failures: {}, unconfirmed: undefined });
  });

  it('counts failures in a row', () => {
    const after = recordOutcome(
      recordOutcome(empty, remove, failed(false), now, asked),
      remove,
      failed(false),
      now + 1_000,
      asked,
    );

    const failure = { type: 'TrafficThrottled', message: 'no', at: now + 1_000, since: now, count: 2 };
    expect(after.failures[key]).toEqual(failure);
    expect(after.unconfirmed).toBeUndefined();
  });

  it('counts those apart in which nobody was asked: they are no refusals', () => {
    const held: CommandOutcome = { failed: { type: 'LockHeld', message: 'no', mayStillLand: false } };
    const after = (...outcomes: readonly CommandOutcome[]): CommandFailure | undefined =>
      outcomes.reduce((so, one) => recordOutcome(so, remove, one, now, asked), empty).failures[key];
    const refusals = (...outcomes: readonly CommandOutcome[]): number =>
      refusalsOf(after(...outcomes) as CommandFailure);

    expect(after(held, held, failed(false))).toMatchObject({ count: 3, notAsked: 2 });
    expect(refusals(held, held, failed(false))).toBe(1);
    expect(refusals(failed(false), held, failed(true))).toBe(2);
    expect(refusals(failed(false), failed(false), held)).toBe(0);
    expect(after(held, accepted, failed(false))).not.toHaveProperty('notAsked');
  });

  it('tells since when it fails for one reason, also on from what another version remembered', () => {
    const held: CommandOutcome = { failed: { type: 'LockHeld', message: 'held', mayStillLand: false } };
    const older = { ...empty, failures: { [key]: { type: 'LockHeld', message: 'held', at: now, count: 1 } as const } };
    const sinceOf = (memory: CommandMemory, outcome: CommandOutcome) =>
      recordOutcome(memory, remove, outcome, now + 9_000, asked).failures[key]?.since;

    expect(sinceOf(older, held)).toBe(now);
    expect(sinceOf(recordOutcome(older, remove, held, now + 4_000, asked), held)).toBe(now);
    expect(sinceOf(older, failed(false))).toBe(now + 9_000);
  });

  it('keeps a command that timed out as unconfirmed for 5 s', () => {
    const after = recordOutcome(empty, remove, failed(true), now, asked);

    expect(after.unconfirmed).toEqual({ command: remove, until: now + 5_000 });
  });

  it.each([
    ['accepted', accepted],
    ['refused', failed(false)],
  ])('does not forget an attempt that may still land because a later one was %s', (_case, later) => {
    const after = recordOutcome(
      recordOutcome(empty, remove, failed(true), now, asked),
      remove,
      later,
      now + 1_000,
      asked,
    );

    expect(after.unconfirmed).toEqual({ command: remove, until: now + 5_000 });
  });
});

describe('a command that ended', () => {
  it('was accepted when it was asked for at the earliest, and when it ended at the latest, whatever its worker says', () => {
    const acceptedAt = (at: number) =>
      recordOutcome(empty, remove, { accepted: { at } }, now + 50, asked).acceptedAt[key];

    expect([acceptedAt(now - 60_000), acceptedAt(now + 20), acceptedAt(now + 60_000)]).toEqual([
      now,
      now + 20,
      now + 50,
    ]);
  });

  it('does not push out another one that may still land, and does so once that cannot land any more', () => {
    const add: Command = { kind: 'addEndpoint', groupArn: 'one', site: 'site-b', settings: { weight: 1 } as never };
    const clear: Command = { kind: 'emptySite', site: 'site-b', keepSite: 'site-a', keepSiteStartedAt: 0, caches: [] };
    const timesOut = (memory: CommandMemory, command: Command, at: number) =>
      recordOutcome(memory, command, failed(true), at, asked);
    const both = timesOut(timesOut(empty, clear, now), remove, now + 2_000);
    const three = timesOut(both, add, now + 4_000);

    expect(both.unconfirmedBefore).toEqual([{ command: clear, until: now + 5_000 }]);
    expect(three.unconfirmedBefore?.map(({ command }) => command)).toEqual([remove, clear]);
    expect(timesOut(three, add, now + 4_500).unconfirmedBefore).toHaveLength(2);
    expect(timesOut(three, add, now + 7_000).unconfirmedBefore).toBeUndefined();
    expect(timesOut({ ...three, unconfirmed: undefined }, add, now + 4_500).unconfirmedBefore).toHaveLength(2);
  });

  it('beside the loop does not push out what the loop sent and may still land', () => {
    const stop: Command = { kind: 'stopApplication', site: 'site-b' };
    const sent = recordOutcome(empty, remove, failed(true), now, asked);

    expect(recordOutcome(sent, stop, failed(true), now + 1_000, asked).unconfirmed?.command).toEqual(remove);
    expect(recordOutcome(sent, stop, failed(true), now + 6_000, asked).unconfirmed?.command).toEqual(stop);
  });
});

describe('a failed command', () => {
  it.each([
    ['DeadlinePassed', false],
    ['AttemptSuperseded', false],
    ['LastEndpointGuard', false],
    ['TrafficThrottled', false],
    ['TrafficDenied', false],
    ['InfinispanDenied', false],
    ['RestoreNotPermitted', false],
    ['TrafficUnreachable', true],
    ['TrafficAnswerUnreadable', true],
    ['InfinispanUnreachable', true],
    ['InfinispanFailed', true],
    ['InfinispanIncomplete', true],
    ['CommandTimedOut', true],
    ['CommandFailed', true],
  ] as const)('of type %s may still take effect: %s', (type, may) => {
    expect(mayStillLand(type)).toBe(may);
  });
});
