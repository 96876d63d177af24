import { emptySite, startPush } from '../../../activities/effects-synchronize';
import { underOuterLock } from '../../../activities/outer-lock';
import { mayStillLand } from '../../../domain/command-outcome';
import { OperatingFailure } from '../../../domain/failure-types';
import { FakeLocks } from '../../support/fake-locks';
import { FakeWorld } from '../../support/fake-world';
import { pair } from '../../support/observations';
import { failureOf, noHurry } from '../../support/outcome';
import { anAttempt } from './an-attempt';

const name = 'sitewarden/keycloak-prod/run';

describe('the outer lock around what a run changes', () => {
  let locks: FakeLocks;
  let nowMs: number;
  beforeEach(() => {
    nowMs = 0;
    locks = new FakeLocks(() => nowMs);
  });

  const outerLock = () => ({ outerLock: { locks, name, leaseSeconds: 60, fenceWaits: false } });
  const other = { name, owner: 'terraform', leaseSeconds: 60 };

  it('is nothing where none is configured', async () => {
    const attempt = anAttempt();

    await expect(
      underOuterLock({}, { commandId: 'incident-1/1/1' }, attempt, async (one) => one === attempt),
    ).resolves.toBe(true);
  });

  it('keeps others out from the first command until its lease ends after the last one', async () => {
    const send = (id: string) => underOuterLock(outerLock(), { commandId: id }, anAttempt(), (one) => one.sending());
    await send('incident-1/1/1');
    await expect(locks.tryAcquire(other, noHurry())).resolves.toEqual({ heldBy: 'incident-1' });
    nowMs += 50_000;
    await send('incident-1/2/2');
    nowMs += 50_000;
    await expect(locks.tryAcquire(other, noHurry())).resolves.toEqual({ heldBy: 'incident-1' });

    nowMs += 10_000;
    await expect(locks.tryAcquire(other, noHurry())).resolves.toHaveProperty('lease');
  });

  it('sends nothing while somebody else holds it, and says who', async () => {
    await locks.tryAcquire(other, noHurry());
    const attempt = anAttempt();

    const failure = await failureOf(
      underOuterLock(outerLock(), { commandId: 'incident-1/1/1' }, attempt, (one) => one.sending()),
    );

    expect(failure).toMatchObject({ type: 'LockHeld', retryable: true });
    expect(failure.message).toContain('terraform');
    expect(attempt.sent()).toBe(0);
  });

  it('sends nothing while the store of locks is down, where the command waits for it', async () => {
    locks.isDown = true;
    const attempt = anAttempt();

    const failure = await failureOf(
      underOuterLock(outerLock(), { commandId: 'incident-1/1/1' }, attempt, (one) => one.sending()),
    );

    expect(failure.type).toBe('LockUnavailable');
    expect(attempt.sent()).toBe(0);
  });

  describe('of a command that goes on where the store cannot be asked', () => {
    const unlocked: string[] = [];
    const command = { commandId: 'incident-1/1/1', goesOnUnlocked: (why: string) => void unlocked.push(why) };
    const send = (attempt = anAttempt()) => underOuterLock(outerLock(), command, attempt, (one) => one.sending());
    beforeEach(() => unlocked.splice(0));

    it('sends, and tells why it did so without the lock', async () => {
      locks.isDown = true;
      const attempt = anAttempt();
      await send(attempt);

      expect(attempt.sent()).toBe(1);
      expect(unlocked).toEqual(['as the test asked']);
    });

    it('sends as well when the store goes away in the middle', async () => {
      const attempt = anAttempt();
      await underOuterLock(outerLock(), command, attempt, (one) => {
        locks.isDown = true;
        return one.sending();
      });

      expect(attempt.sent()).toBe(1);
      expect(unlocked).toEqual(['as the test asked']);
    });

    it('leaves most of its time to the fence when the store hangs', async () => {
      locks.tryAcquire = (_ask, signal) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () =>
            reject(new OperatingFailure('LockUnavailable', 'late', { retryable: true })),
          ),
        );
      const attempt = anAttempt();
      await send(attempt);

      expect(attempt.sent()).toBe(1);
    });

    it('sends nothing while somebody else holds it, or once it is lost: that is known', async () => {
      await locks.tryAcquire(other, noHurry());
      const held = await failureOf(send());
      locks.revoke(name);
      const lost = await failureOf(
        underOuterLock(outerLock(), command, anAttempt(), (one) => {
          locks.revoke(name);
          return one.sending();
        }),
      );

      expect([held.type, lost.type]).toEqual(['LockHeld', 'LockLost']);
      expect(unlocked).toEqual([]);
    });
  });

  describe('lost in the middle of a step', () => {
    it('stops before the next effect: no further push is started', async () => {
      const world = new FakeWorld();
      const { caches } = world;
      const gateways = world.gateways();
      const started: string[] = [];
      const sender = gateways.replication['site-a']!;
      const startOne = sender.startPush.bind(sender);
      sender.startPush = async (site, cache, sending) => {
        await startOne(site, cache, sending);
        started.push(cache);
        locks.revoke(name);
      };
      const configured = { pair: { ...pair, caches }, configHash: 'cafe0000', gateways, ...outerLock() };
      const command = { kind: 'startPush', fromSite: 'site-a', toSite: 'site-b', caches, epoch: 1 } as const;

      const failure = await failureOf(
        underOuterLock(configured, { commandId: 'incident-1/1/1' }, anAttempt(), (one) =>
          startPush(configured, command as never, one),
        ),
      );

      expect(failure.type).toBe('LockLost');
      expect(started).toEqual(caches.slice(0, 1));
    });

    it('says what may still land of the step, and not only that the lock was lost', async () => {
      const world = new FakeWorld();
      const { caches } = world;
      const gateways = world.gateways();
      const sender = gateways.replication['site-a']!;
      const late = new OperatingFailure('InfinispanUnreachable', 'as the test asked', { retryable: true });
      sender.startPush = async () => {
        locks.revoke(name);
        throw late;
      };
      const configured = { pair: { ...pair, caches }, configHash: 'cafe0000', gateways, ...outerLock() };
      const command = { kind: 'startPush', fromSite: 'site-a', toSite: 'site-b', caches, epoch: 1 } as const;

      const failure = await failureOf(
        underOuterLock(configured, { commandId: 'incident-1/1/1' }, anAttempt(), (one) =>
          startPush(configured, command as never, one),
        ),
      );

      expect(failure).toBe(late);
      expect(mayStillLand(failure.type)).toBe(true);
    });

    it('stops before the next effect: nothing is cleared', async () => {
      const world = new FakeWorld();
      const { caches } = world;
      world.removedByOthers('site-b');
      const gateways = world.gateways();
      const stale = gateways.replication['site-b']!;
      const cleared = jest.spyOn(stale, 'clearCache');
      stale.cancelReceive = async () => locks.revoke(name);
      const configured = { pair: { ...pair, caches }, configHash: 'cafe0000', gateways, ...outerLock() };
      const command = { kind: 'emptySite', site: 'site-b', keepSite: 'site-a', keepSiteStartedAt: Date.now(), caches };

      const failure = await failureOf(
        underOuterLock(configured, { commandId: 'incident-1/1/1' }, anAttempt(), (one) =>
          emptySite(configured, command as never, one),
        ),
      );

      expect(failure.type).toBe('LockLost');
      expect(cleared).not.toHaveBeenCalled();
    });
  });
});
