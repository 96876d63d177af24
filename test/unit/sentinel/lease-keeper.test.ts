import { leasePlan } from '../../../domain/lease';
import { LeaseKeeper } from '../../../sentinel/lease-keeper';
import { FakeLocks } from '../../support/fake-locks';

const lengths = { leaseSeconds: 30, stopSeconds: 10 };
const plan = leasePlan(lengths);
const name = 'sitewarden/demo/active';

describe('the keeper of a lease', () => {
  let locks: FakeLocks;
  let keeper: LeaseKeeper;
  let told: { fromMs: number[]; lost: string[]; failed: number };
  /** So long the store takes for each renewal. */
  let answerMs: number;
  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    answerMs = 0;
    told = { fromMs: [], lost: [], failed: 0 };
    locks = new FakeLocks(() => Date.now());
    const renew = locks.renew.bind(locks);
    locks.renew = async (lease, signal) => {
      await renew(lease, signal);
      if (answerMs > 0) await new Promise((resolve) => setTimeout(resolve, answerMs));
    };
    keeper = new LeaseKeeper({
      ...{ locks, plan, elapsedMs: () => Date.now() },
      ask: { name, owner: 'site-a', leaseSeconds: lengths.leaseSeconds },
      onLease: (fromMs) => told.fromMs.push(fromMs),
      onLost: (why) => told.lost.push(why),
      onRenewalFailed: () => (told.failed += 1),
    });
  });
  afterEach(() => {
    keeper.close();
    jest.useRealTimers();
  });

  it('renews in time, and counts each lease from before it was asked for', async () => {
    await keeper.tryAcquire();
    answerMs = 1_000;
    await jest.advanceTimersByTimeAsync(60_000);

    expect(keeper.isHeld()).toBe(true);
    expect(told).toMatchObject({ lost: [], failed: 0 });
    expect(told.fromMs.slice(0, 2)).toEqual([plan.renewEveryMs, 2 * plan.renewEveryMs + answerMs]);
  });

  it('gives up while the application can still be stopped, and not before, when nothing is heard of the store', async () => {
    await keeper.tryAcquire();
    locks.isDown = true;
    await jest.advanceTimersByTimeAsync(plan.stopAfterMs - 1);
    const before = { held: keeper.isHeld(), lost: told.lost.length };
    await jest.advanceTimersByTimeAsync(1);

    expect(before).toEqual({ held: true, lost: 0 });
    expect(keeper.isHeld()).toBe(false);
    expect(told.lost).toEqual(['its lease could not be renewed in time']);
    expect(told.failed).toBeGreaterThan(0);
  });

  it('gives up although a renewal was granted, when the answer came too late to stop the application in time', async () => {
    await keeper.tryAcquire();
    answerMs = plan.stopAfterMs;
    await jest.advanceTimersByTimeAsync(plan.renewEveryMs + answerMs);

    expect(keeper.isHeld()).toBe(false);
    expect(told).toMatchObject({ fromMs: [], lost: ['its lease could not be renewed in time'] });
  });

  it('keeps others away until the application is stopped, and frees the lock then', async () => {
    await keeper.tryAcquire();
    keeper.giveUp('as the test asked');
    await jest.advanceTimersByTimeAsync(600_000);
    const meanwhile = locks.holder(name);
    await keeper.letGo();

    expect(meanwhile).toBe('site-a');
    expect(told).toMatchObject({ fromMs: [], lost: ['as the test asked'] });
    expect(locks.holder(name)).toBeUndefined();
  });

  it("gives up at once when the lock is somebody else's at a renewal", async () => {
    await keeper.tryAcquire();
    locks.revoke(name);
    await jest.advanceTimersByTimeAsync(plan.renewEveryMs);

    expect(keeper.isHeld()).toBe(false);
    expect(told.lost).toEqual(['site-a has lost sitewarden/demo/active']);
  });
});
