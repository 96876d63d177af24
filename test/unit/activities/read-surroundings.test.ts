import { readSurroundings } from '../../../activities/readiness/read-surroundings';
import { OperatingFailure } from '../../../domain/failure-types';
import type { PairGateways } from '../../../gateways/ports';
import type { ConfiguredPair } from '../../../activities/dependencies';
import { fakeArchive } from '../../support/fake-archive';
import { fakeTemporalServer } from '../../support/fake-temporal-server';
import { FakeLocks } from '../../support/fake-locks';
import { FakeWorld } from '../../support/fake-world';
import { pair } from '../../support/observations';

const scheduledAt = 1_000_000;
const clock = { now: () => scheduledAt + 40, monotonicMs: () => performance.now() };
const routes = { ours: 'sitewarden', notifying: [], webhooks: [], watchdog: [] };

function surroundings(
  change: Partial<PairGateways> = {},
  temporal = fakeTemporalServer(clock.now),
  outerLock?: ConfiguredPair['outerLock'],
) {
  const failed: string[] = [];
  const journal = {
    readSucceeded: () => undefined,
    readFailed: ({ what, type }: { what: string; type: string }) => void failed.push(`${what}: ${type}`),
  };
  const archive = fakeArchive();
  const gateways = { ...new FakeWorld().gateways(), ...change };
  const read = () =>
    readSurroundings({ pair, configHash: '', gateways, outerLock }, { clock, journal, temporal, archive }, scheduledAt);
  return { read, failed, archive };
}

describe('what an incident leans on beside the pair', () => {
  it('is read all at once: paths, clocks, retention, archive, routes and bridges', async () => {
    const clocks = { AWS: { readTime: async () => ({ theirs: 7, resolutionMs: 1_000 }) } };
    const alertmanagers = { 'https://am.example': { readRoutes: async () => routes } };
    const { read, failed } = surroundings({ clocks, alertmanagers });

    expect(await read()).toMatchObject({
      alertPath: { 'site-a': { value: clock.now() }, 'site-b': { value: clock.now() } },
      clocks: {
        Temporal: { value: { theirs: scheduledAt, resolutionMs: 0, answeredAt: scheduledAt + 40 } },
        AWS: { value: { theirs: 7, resolutionMs: 1_000, askedAt: clock.now(), answeredAt: clock.now() } },
      },
      retentionSeconds: { value: 604_800 },
      archive: { value: true },
      besideTemporal: [],
      alertmanagers: { 'https://am.example': { value: routes } },
      bridges: { 'site-a': { value: { stack: 'bridge', keepsUndeliveredMs: 1_000 } } },
    });
    expect(failed).toEqual([]);
  });

  it('is unknown where it fails, each by itself, and never an exception', async () => {
    const down = () =>
      Promise.reject(new OperatingFailure('TemporalUnreachable', 'as the test asked', { retryable: true }));
    const { read, failed, archive } = surroundings(
      { clocks: { AWS: { readTime: () => Promise.reject(new Error('a bug')) } } },
      { ...fakeTemporalServer(), readAlertPath: down, readRetentionSeconds: down },
    );
    archive.down = true;

    expect(await read()).toMatchObject({
      alertPath: { 'site-a': { unknown: 'TemporalUnreachable' }, 'site-b': { unknown: 'TemporalUnreachable' } },
      clocks: { Temporal: { value: {} }, AWS: { unknown: 'NotObserved' } },
      retentionSeconds: { unknown: 'TemporalUnreachable' },
      archive: { unknown: 'ArchiveUnavailable' },
      bridges: { 'site-a': { value: {} }, 'site-b': { value: {} } },
    });
    expect(failed).toContain('archive: ArchiveUnavailable');
    expect(failed).toHaveLength(5);
  });

  describe('with an outer lock', () => {
    const name = 'sitewarden/keycloak-prod/run';
    const locked = (locks: FakeLocks) =>
      surroundings({}, undefined, { locks, name, leaseSeconds: 60, fenceWaits: true });

    it('asks its store, and takes no lock', async () => {
      const locks = new FakeLocks();

      expect((await locked(locks).read()).outerLock).toEqual({
        store: { value: true, at: clock.now() },
        fenceWaits: true,
      });
      expect(locks.holder(name)).toBeUndefined();
    });

    it('tells why its store cannot be asked, in its own words, and the journal as well', async () => {
      const locks = new FakeLocks();
      locks.isDown = true;
      const { read, failed } = locked(locks);

      expect((await read()).outerLock).toEqual({
        store: { unknown: 'LockUnavailable', at: clock.now() },
        says: 'as the test asked',
        fenceWaits: true,
      });
      expect(failed).toEqual(['store of locks: LockUnavailable']);
    });

    it('does not wait for a store that hangs beyond its bound', async () => {
      jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
      try {
        const locks = new FakeLocks();
        locks.check = () => new Promise<never>(() => undefined);
        const reading = locked(locks).read();
        await jest.advanceTimersByTimeAsync(5_000);

        expect((await reading).outerLock?.store).toMatchObject({ unknown: 'NotObserved' });
      } finally {
        jest.useRealTimers();
      }
    });

    it('is not there where none is configured', async () => {
      expect(await surroundings().read()).not.toHaveProperty('outerLock');
    });
  });
});
