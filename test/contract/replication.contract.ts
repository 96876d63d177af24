import type { BackupStatus } from '../../domain/observation';
import type { CacheConfiguration } from '../../domain/readiness/facts';
import type { CacheName, SiteName } from '../../domain/site-pair';
import type { ReplicationGateway } from '../../gateways/ports';
import { until } from '../../lab/until';
import { failureOf, noHurry } from '../support/outcome';

/** Two sites, site-a and site-b, that back up all their caches to each other, failure policy FAIL. */
export interface ReplicationTwin {
  caches: readonly CacheName[];
  gateway(site: SiteName): ReplicationGateway;
  /** A gateway that is configured for `site`, while its URL leads to the other one. */
  misled(site: SiteName): ReplicationGateway;
  cut(): Promise<void>;
  heal(): Promise<void>;
  stop(site: SiteName): Promise<void>;
  /** Starts a stopped site; returns when it answers. */
  restart(site: SiteName): Promise<void>;
  bringOnline(site: SiteName, backupSite: SiteName): Promise<void>;
  /** Writes one new entry; whether it was accepted. */
  write(site: SiteName, cache: CacheName, key: string): Promise<boolean>;
  /** Creates one more cache on this site alone. */
  createCache(site: SiteName, cache: CacheName, configuration: CacheConfiguration): Promise<void>;
  dropCache(site: SiteName, cache: CacheName): Promise<void>;
  close(): Promise<void>;
}

/** What every site's replication does. One pair serves all tests, which leave it whole and online. */
export function replicationContract(name: string, start: () => Promise<ReplicationTwin>): void {
  describe(`replication: ${name}`, () => {
    const sending = { commandId: 'pair-1/1/1', signal: noHurry() };
    let twin: ReplicationTwin;
    let a: ReplicationGateway;
    let b: ReplicationGateway;
    let cache: CacheName;

    const all = (status: BackupStatus) => Object.fromEntries(twin.caches.map((each) => [each, status]));
    const backups = (gateway: ReplicationGateway, to: SiteName) => gateway.readBackups(to, noHurry());
    const views = async () => (await Promise.all([a, b].map((each) => each.readView(noHurry())))).map(bySite);
    const sizeOf = async (gateway: ReplicationGateway) => (await gateway.readSizes([cache], noHurry()))[cache];
    const sees = (what: string, wanted: SiteName[][]) =>
      until(async () => JSON.stringify(await views()) === JSON.stringify(wanted), { what, withinSeconds: 30 });
    const whole = () =>
      sees('both sites see each other', [
        ['site-a', 'site-b'],
        ['site-a', 'site-b'],
      ]);
    const split = () => sees('neither site sees the other', [['site-a'], ['site-b']]);

    beforeAll(async () => {
      twin = await start();
      a = twin.gateway('site-a');
      b = twin.gateway('site-b');
      cache = twin.caches[0] as CacheName;
    }, 120_000);

    afterAll(() => twin?.close());

    it('tells which site it is of, whom it sees and who its members are', async () => {
      const view = await a.readView(noHurry());

      expect(view).toMatchObject({ localSite: 'site-a', members: [expect.stringContaining('site-a')] });
      expect(bySite(view)).toEqual(['site-a', 'site-b']);
    });

    it('reads the backup of every cache, and none to a site that is none', async () => {
      await expect(backups(a, 'site-b')).resolves.toEqual(all('online'));
      await expect(backups(a, 'site-c')).resolves.toEqual({});
    });

    it('takes the backup of every cache offline, one way, and again', async () => {
      for (let times = 0; times < 2; times += 1) {
        const caches = await a.takeBackupOffline('site-b', sending);

        expect([...caches].sort()).toEqual([...twin.caches].sort());
        await expect(backups(a, 'site-b')).resolves.toEqual(all('offline'));
        await expect(backups(b, 'site-a')).resolves.toEqual(all('online'));
      }
      await twin.bringOnline('site-a', 'site-b');
      await expect(backups(a, 'site-b')).resolves.toEqual(all('online'));
    });

    it('does not take offline a site that it does not back up to', async () => {
      const failure = await failureOf(a.takeBackupOffline('site-c', sending));

      expect(failure).toMatchObject({ type: 'InfinispanNotFound', retryable: false });
    });

    it('of another site than configured is not read, and not told to take anything offline', async () => {
      const misled = twin.misled('site-a');

      for (const reading of [
        misled.readView(noHurry()),
        misled.readBackups('site-b', noHurry()),
        misled.readCacheConfigurations('site-b', [cache], noHurry()),
        misled.readBridge(noHurry()),
      ]) {
        expect(await failureOf(reading)).toMatchObject({ type: 'InfinispanAnswersAsAnotherSite', retryable: false });
      }
      const failure = await failureOf(misled.takeBackupOffline('site-b', sending));
      expect(failure).toMatchObject({ type: 'InfinispanNotFound', retryable: false });
      await expect(backups(b, 'site-a')).resolves.toEqual(all('online'));
    });

    it('reads sizes, and fails for a cache that is not there', async () => {
      const before = (await sizeOf(b)) as number;

      await expect(twin.write('site-a', cache, 'size')).resolves.toBe(true);

      await expect(sizeOf(b)).resolves.toBe(before + 1);
      const failure = await failureOf(a.readSizes([cache, 'no-such-cache'], noHurry()));
      expect(failure).toMatchObject({ type: 'InfinispanNotFound', retryable: false });
    });

    it('reads how the caches are configured, the backup to the site that is asked for, and which cache is absent', async () => {
      const usual = { transactionMode: 'NON_DURABLE_XA', backup: { strategy: 'SYNC', failurePolicy: 'FAIL' } };

      await expect(a.readCacheConfigurations('site-b', [cache, 'no-such-cache'], noHurry())).resolves.toEqual({
        [cache]: usual,
        'no-such-cache': 'absent',
      });
      await expect(b.readCacheConfigurations('site-a', [cache], noHurry())).resolves.toEqual({ [cache]: usual });
      await expect(a.readCacheConfigurations('site-c', [cache], noHurry())).resolves.toEqual({
        [cache]: { transactionMode: 'NON_DURABLE_XA' },
      });
    });

    it.each<[string, CacheConfiguration]>([
      ['writes lost in silence', { transactionMode: 'NON_XA', backup: { strategy: 'SYNC', failurePolicy: 'FAIL' } }],
      ['whole transactions', { transactionMode: 'FULL_XA', backup: { strategy: 'SYNC', failurePolicy: 'FAIL' } }],
      [
        'a backup that nobody waits for',
        { transactionMode: 'NONE', backup: { strategy: 'ASYNC', failurePolicy: 'WARN' } },
      ],
      [
        'a failure policy that lets go',
        { transactionMode: 'NONE', backup: { strategy: 'SYNC', failurePolicy: 'IGNORE' } },
      ],
      [
        'a backup that Infinispan takes offline by itself',
        {
          transactionMode: 'NONE',
          backup: { strategy: 'SYNC', failurePolicy: 'FAIL', takesOffline: { afterFailures: 3, minWaitMs: 60_000 } },
        },
      ],
      ['no backup', { transactionMode: 'NONE' }],
    ])('reads the configuration of a cache that somebody created: %s', async (_what, configuration) => {
      await twin.createCache('site-a', 'created', configuration);

      const read = await a.readCacheConfigurations('site-b', ['created'], noHurry());
      await twin.dropCache('site-a', 'created');

      expect(read).toEqual({ created: configuration });
      await expect(a.readCacheConfigurations('site-b', ['created'], noHurry())).resolves.toEqual({ created: 'absent' });
    });

    it('reads for how long the bridge keeps what it could not deliver', async () => {
      await expect(a.readBridge(noHurry())).resolves.toEqual({ stack: 'bridge', keepsUndeliveredMs: 1_000 });
    });

    it('an ended signal fails everything and changes nothing', async () => {
      const signal = AbortSignal.abort();

      for (const failure of await Promise.all(
        [
          a.readView(signal),
          a.readStartedAt(signal),
          a.readBackups('site-b', signal),
          a.readSizes([cache], signal),
          a.readCacheConfigurations('site-b', [cache], signal),
          a.readBridge(signal),
          a.takeBackupOffline('site-b', { commandId: 'x', signal }),
        ].map(failureOf),
      )) {
        expect(failure).toMatchObject({ type: 'InfinispanUnreachable', retryable: true });
      }
      await expect(backups(a, 'site-b')).resolves.toEqual(all('online'));
    });

    it('in a split: writes are refused until the backup is offline; a heal brings nothing back online', async () => {
      await twin.cut();
      await split();
      await expect(backups(a, 'site-b')).resolves.toEqual(all('online'));
      await expect(twin.write('site-a', cache, 'refused')).resolves.toBe(false);

      await a.takeBackupOffline('site-b', sending);
      await expect(twin.write('site-a', cache, 'accepted')).resolves.toBe(true);

      await twin.heal();
      await whole();
      await expect(backups(a, 'site-b')).resolves.toEqual(all('offline'));
      await twin.bringOnline('site-a', 'site-b');
    }, 120_000);

    it('a site that is gone is unreachable; restarted it is empty, has a later start and is online again', async () => {
      await twin.write('site-a', cache, 'lost');
      await a.takeBackupOffline('site-b', sending);
      const startedAt = await a.readStartedAt(noHurry());
      // To the second, so two reads of one start may differ by one.
      expect(Math.abs((await a.readStartedAt(noHurry())) - startedAt)).toBeLessThanOrEqual(1_500);

      await twin.stop('site-a');
      for (const failure of await Promise.all(
        [a.readView(noHurry()), a.takeBackupOffline('site-b', sending)].map(failureOf),
      )) {
        expect(failure).toMatchObject({ type: 'InfinispanUnreachable', retryable: true });
      }
      await twin.restart('site-a');
      await whole();

      await expect(backups(a, 'site-b')).resolves.toEqual(all('online'));
      await expect(sizeOf(a)).resolves.toBe(0);
      expect(await a.readStartedAt(noHurry())).toBeGreaterThan(startedAt + 1_500);
    }, 120_000);
  });
}

function bySite({ sitesView }: { sitesView: readonly SiteName[] }): SiteName[] {
  return [...sitesView].sort();
}
