import type { LockLease, LockManager } from '../../gateways/ports';
import { failureOf, noHurry } from '../support/outcome';

/** A store of locks with two processes that use it. */
export interface LocksTwin {
  one: LockManager;
  other: LockManager;
  /** Lets the time of this lease pass, and what a store adds to it. */
  letLeaseEnd(lease: LockLease): Promise<void>;
  /** Nobody is answered from now on. */
  breakStore(): Promise<void>;
  close(): Promise<void>;
}

/** What every store of locks does. */
export function locksContract(name: string, start: () => Promise<LocksTwin>): void {
  describe(`locks: ${name}`, () => {
    let twin: LocksTwin;
    let locks = 0;
    let lockName: string;
    const ask = (owner: string) => ({ name: lockName, owner, leaseSeconds: 10 });

    async function taken(by: LockManager, owner: string): Promise<LockLease> {
      const answer = await by.tryAcquire(ask(owner), noHurry());
      if ('heldBy' in answer) throw new Error(`held by ${answer.heldBy}`);
      return answer.lease;
    }

    beforeAll(async () => {
      twin = await start();
    });
    beforeEach(() => {
      lockName = `sitewarden/demo-${(locks += 1)}/active`;
    });
    afterAll(() => twin.close());

    it('gives a lock to one owner, and tells the other who has it', async () => {
      await taken(twin.one, 'site-a');

      await expect(twin.other.tryAcquire(ask('site-b'), noHurry())).resolves.toEqual({ heldBy: 'site-a' });
    });

    it('gives it to exactly one of many who ask at once', async () => {
      const asked = Array.from({ length: 8 }, (_each, index) =>
        (index % 2 === 0 ? twin.one : twin.other).tryAcquire(ask(`owner-${index}`), noHurry()),
      );

      expect((await Promise.all(asked)).filter((answer) => 'lease' in answer)).toHaveLength(1);
    });

    it('keeps two locks apart, also where the name of one begins with that of the other', async () => {
      await taken(twin.one, 'site-a');

      await expect(
        twin.other.tryAcquire({ ...ask('site-b'), name: `${lockName}0` }, noHurry()),
      ).resolves.toHaveProperty('lease');
    });

    it('holds a lock on for an owner who asks again, from wherever, under the same token', async () => {
      const first = await taken(twin.one, 'incident-1');
      const again = await taken(twin.other, 'incident-1');

      expect(again.token).toBe(first.token);
      await expect(twin.one.renew(first, noHurry())).resolves.toBeUndefined();
    });

    it('frees it at a release, and gives the next owner a greater token', async () => {
      const first = await taken(twin.one, 'site-a');
      await twin.one.release(first, noHurry());
      const second = await taken(twin.other, 'site-b');

      expect(second.token).toBeGreaterThan(first.token);
      await expect(twin.one.release(first, noHurry())).resolves.toBeUndefined();
      await expect(twin.other.assertHeld(second, noHurry())).resolves.toBeUndefined();
    });

    it('is lost when its lease has ended, and stays so although it is renewed or released late', async () => {
      const first = await taken(twin.one, 'site-a');
      await twin.letLeaseEnd(first);

      expect((await failureOf(twin.one.assertHeld(first, noHurry()))).type).toBe('LockLost');
      expect((await failureOf(twin.one.renew(first, noHurry()))).type).toBe('LockLost');
      const second = await taken(twin.other, 'site-b');
      expect(second.token).toBeGreaterThan(first.token);
      expect((await failureOf(twin.one.renew(first, noHurry()))).type).toBe('LockLost');
      await twin.one.release(first, noHurry());
      await expect(twin.other.assertHeld(second, noHurry())).resolves.toBeUndefined();
    });

    it('can be checked by anybody, whoever holds the lock: nothing is taken, kept or freed by it', async () => {
      await expect(twin.other.check(lockName, noHurry())).resolves.toBeUndefined();
      const lease = await taken(twin.one, 'site-a');
      await expect(twin.other.check(lockName, noHurry())).resolves.toBeUndefined();

      await expect(twin.one.assertHeld(lease, noHurry())).resolves.toBeUndefined();
      await twin.letLeaseEnd(lease);
      await twin.one.check(lockName, noHurry());
      await expect(twin.other.tryAcquire(ask('site-b'), noHurry())).resolves.toHaveProperty('lease');
    });

    it('asks nothing when the time is up', async () => {
      const failure = await failureOf(twin.one.tryAcquire(ask('site-a'), AbortSignal.abort()));
      const unchecked = await failureOf(twin.one.check(lockName, AbortSignal.abort()));

      expect([failure.type, unchecked.type]).toEqual(['LockUnavailable', 'LockUnavailable']);
      await expect(twin.other.tryAcquire(ask('site-b'), noHurry())).resolves.toHaveProperty('lease');
    });

    it('says that nothing is known when the store is down', async () => {
      const lease = await taken(twin.one, 'site-a');
      await twin.breakStore();

      expect((await failureOf(twin.one.renew(lease, noHurry()))).type).toBe('LockUnavailable');
      expect((await failureOf(twin.one.assertHeld(lease, noHurry()))).type).toBe('LockUnavailable');
      expect((await failureOf(twin.one.check(lockName, noHurry()))).type).toBe('LockUnavailable');
      expect((await failureOf(twin.other.tryAcquire(ask('site-b'), noHurry()))).type).toBe('LockUnavailable');
    });
  });
}
