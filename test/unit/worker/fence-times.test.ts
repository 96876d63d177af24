import { fenceTimes, newlyReached } from '../../../worker/fence-times';
import { groupArn, now } from '../../support/observations';
import { fenced, latched, protecting, removed } from '../../support/run-states';

const start = protecting();

describe("the times of a fence's steps", () => {
  it('are counted in seconds from the start of the run', () => {
    expect(fenceTimes(start, fenced(start).known)).toEqual({
      removalRequested: 0.2,
      readAbsent: 0.3,
      detachRequested: 0.4,
      allDetached: 0.5,
      proved: 0.5,
    });
  });

  it('are never negative, when the worker that looked is behind the clock of Temporal', () => {
    const ahead = { ...start, startedAt: now + 60_000 };

    expect(Object.values(fenceTimes(ahead, fenced(start).known))).toEqual([0, 0, 0, 0, 0]);
  });

  it('the stale site is absent once it was read out of every group, and by the last of them', () => {
    const { known } = removed(start);
    const other = { dial: 100, endpoints: [] };
    const inTwo = (absentReadAt?: number) => ({
      ...known,
      groups: { ...known.groups, [`${groupArn}2`]: { ...other, absentReadAt } },
    });

    expect(fenceTimes(start, inTwo())).not.toHaveProperty('readAbsent');
    expect(fenceTimes(start, inTwo(now + 500))).toHaveProperty('readAbsent', 1.5);
  });

  it('nothing was reached before the roles are fixed', () => {
    expect(fenceTimes(start, start.known)).toEqual({});
    expect(newlyReached(start, start.known, now)).toEqual({});
  });
});

describe('what one look reached first', () => {
  it('is what the run did not know before', () => {
    expect(newlyReached(start, latched(start).known, now)).toEqual({ rolesLatched: 1 });
    expect(newlyReached(latched(start), removed(start).known, now)).toEqual({ removalRequested: 0.2, readAbsent: 0.3 });
    expect(newlyReached(removed(start), removed(start).known, now)).toEqual({});
  });

  it('is nothing in a guard that repeats steps; the accelerator may be deployed after the proof', () => {
    const before = fenced(start, { allDetachedSince: undefined, provedSince: undefined });

    expect(newlyReached(before, fenced(start).known, now)).toEqual({});
    expect(newlyReached(before, fenced(start, { deployedReadTwiceAt: now + 9_000 }).known, now)).toEqual({
      deployed: 10,
    });
  });

  it('is nothing in a fence that was found done: its times would flatter', () => {
    expect(newlyReached(start, fenced(start, { adopted: true }).known, now)).toEqual({});
  });
});
