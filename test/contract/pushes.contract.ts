import type { CacheName, SiteName } from '../../domain/site-pair';
import type { EntryDigest, ReplicationGateway } from '../../gateways/ports';
import { until } from '../../lab/until';
import { failureOf, noHurry } from '../support/outcome';
import type { ReplicationTwin } from './replication.contract';

/** What a twin has to offer beyond being fenced: single entries, and pushes that can be caught in the middle. */
export interface PushingTwin extends ReplicationTwin {
  put(site: SiteName, cache: CacheName, key: string, value: string): Promise<boolean>;
  /** @returns the value, or undefined when there is none. */
  read(site: SiteName, cache: CacheName, key: string): Promise<string | undefined>;
  /** From now on a push of a hundred entries takes seconds, until `hurryPushes`. */
  slowPushes(): Promise<void>;
  hurryPushes(): Promise<void>;
}

/** What every site's replication does on the way back. One pair serves all tests, which leave it whole and online. */
export function pushesContract(name: string, start: () => Promise<PushingTwin>): void {
  describe(`pushes, clears and entries: ${name}`, () => {
    const sending = { commandId: 'pair-1/1/1', signal: noHurry() };
    let twin: PushingTwin;
    let a: ReplicationGateway;
    let b: ReplicationGateway;
    let cache: CacheName;
    let other: CacheName;

    beforeAll(async () => {
      twin = await start();
      a = twin.gateway('site-a');
      b = twin.gateway('site-b');
      [cache, other] = twin.caches as [CacheName, CacheName];
      await whole();
      // Whatever the contract before this one left on one site only.
      await detach();
      await a.clearCache(cache, 'site-b', sending);
      await b.clearCache(cache, 'site-a', sending);
      await reattach();
    }, 120_000);

    afterAll(() => twin?.close());

    const views = async () =>
      Promise.all([a, b].map(async (each) => [...(await each.readView(noHurry())).sitesView].length));
    const whole = () =>
      until(async () => (await views()).every((sites) => sites === 2), { what: 'whole', withinSeconds: 30 });
    const split = () =>
      until(async () => (await views()).every((sites) => sites === 1), { what: 'split', withinSeconds: 30 });
    const push = async (of = cache) => (await a.readPushes('site-b', [of], noHurry()))[of];
    const pushReads = (status: string, of = cache) =>
      until(async () => (await push(of)) === status, { what: `the push of ${of} reads ${status}`, withinSeconds: 30 });
    const backup = async (of: CacheName) => (await a.readBackups('site-b', noHurry()))[of];
    const size = async (at: ReplicationGateway, of = cache) => (await at.readSizes([of], noHurry()))[of];

    async function entries(at: ReplicationGateway, of = cache): Promise<EntryDigest[]> {
      const read: EntryDigest[] = [];
      for await (const entry of at.readEntryDigests(of, noHurry())) read.push(entry);
      return read.sort((left, right) => (left.key < right.key ? -1 : 1));
    }

    /** As after a fence: each site has the other one offline. */
    async function detach(): Promise<void> {
      await a.takeBackupOffline('site-b', sending);
      await b.takeBackupOffline('site-a', sending);
    }

    async function reattach(): Promise<void> {
      await a.bringBackupOnline('site-b', sending);
      await b.bringBackupOnline('site-a', sending);
    }

    /** So many entries that a slow push can be caught; the kept site has them alone. */
    async function fill(): Promise<void> {
      for (let batch = 0; batch < 10; batch += 1) {
        const keys = Array.from({ length: 20 }, (_, index) => `filled-${batch * 20 + index}`);
        await Promise.all(keys.map((key) => twin.put('site-a', cache, key, 'value')));
      }
    }

    async function clearReceiver(): Promise<void> {
      await b.cancelReceive('site-a', [cache], sending);
      await b.clearCache(cache, 'site-a', sending);
    }

    it('tells health, push status and how much was stored', async () => {
      await expect(a.readCluster(noHurry())).resolves.toBe('HEALTHY');
      await expect(a.readPushes('site-b', twin.caches, noHurry())).resolves.toEqual(
        Object.fromEntries(twin.caches.map((each) => [each, 'IDLE'])),
      );
      const before = [await a.readStores([cache], noHurry()), await b.readStores([cache], noHurry())] as const;

      await twin.put('site-a', cache, 'stored', '1');

      expect(await a.readStores([cache], noHurry())).toBe(before[0] + 1);
      expect(await b.readStores([cache], noHurry())).toBe(before[1] + 1);
      expect(await a.readStores(twin.caches, noHurry())).toBeGreaterThanOrEqual(before[0] + 1);
    });

    it('reads every entry as digests, equal on both sites; another value changes the value only', async () => {
      await twin.put('site-a', cache, 'entry', 'one');
      const before = await entries(a);
      expect(before).toHaveLength((await size(a)) as number);
      expect(before).toEqual(await entries(b));
      for (const entry of before) expect(`${entry.key} ${entry.value}`).toMatch(/^[0-9a-f]{32} [0-9a-f]{32}$/);

      await twin.put('site-a', cache, 'entry', 'two');

      const after = await entries(a);
      expect(after.map(({ key }) => key)).toEqual(before.map(({ key }) => key));
      expect(after.filter(({ value }, index) => value !== before[index]?.value)).toHaveLength(1);
    });

    it('brings the backup of every cache online again, one way, and again', async () => {
      await detach();

      for (let times = 0; times < 2; times += 1) {
        expect([...(await a.bringBackupOnline('site-b', sending))].sort()).toEqual([...twin.caches].sort());
        expect(await backup(cache)).toBe('online');
        expect((await b.readBackups('site-a', noHurry()))[cache]).toBe('offline');
      }
      expect(await failureOf(a.bringBackupOnline('site-c', sending))).toMatchObject({
        type: 'InfinispanNotFound',
        retryable: false,
      });
      await reattach();
    });

    it('is not cleared while the other site is online there: a clear would reach it', async () => {
      await twin.put('site-a', cache, 'kept', 'value');
      const before = await size(a);

      for (const keepSite of ['site-a', 'site-c']) {
        expect(await failureOf(b.clearCache(cache, keepSite, sending))).toMatchObject({
          type: 'KeepSiteStillOnline',
          retryable: true,
        });
      }

      expect(await size(b)).toBe(before);
      expect(await size(a)).toBe(before);
    });

    it('is cleared alone once the other site is offline there, although that one still sends here', async () => {
      await twin.put('site-a', cache, 'kept', 'value');
      await b.takeBackupOffline('site-a', sending);
      const before = await size(a);

      await b.clearCache(cache, 'site-a', sending);

      expect(await size(b)).toBe(0);
      expect(await size(a)).toBe(before);
      await b.bringBackupOnline('site-a', sending);
    });

    it('of another site than configured is neither cleared nor compared', async () => {
      const misled = twin.misled('site-b');
      await detach();
      const before = await size(a);

      const reading = misled.readEntryDigests(cache, noHurry())[Symbol.asyncIterator]().next();
      for (const failure of [failureOf(reading), failureOf(misled.clearCache(cache, 'site-a', sending))]) {
        expect(await failure).toMatchObject({ type: 'InfinispanAnswersAsAnotherSite', retryable: false });
      }
      expect((await failureOf(misled.startPush('site-a', cache, sending))).type).toBe('InfinispanNotFound');
      expect(await size(a)).toBe(before);
      await reattach();
    });

    it('a push makes values equal and deletes nothing; after a clear both sites are equal', async () => {
      await detach();
      await twin.put('site-a', cache, 'shared', 'of a');
      await twin.put('site-b', cache, 'shared', 'of b');
      await twin.put('site-b', cache, 'only b', 'value');

      await a.startPush('site-b', cache, sending);
      await pushReads('OK');
      expect(await twin.read('site-b', cache, 'shared')).toBe('of a');
      expect(await twin.read('site-b', cache, 'only b')).toBe('value');

      await clearReceiver();
      await a.startPush('site-b', cache, sending);
      await pushReads('OK');
      expect(await entries(b)).toEqual(await entries(a));
      expect(await twin.read('site-b', cache, 'only b')).toBeUndefined();
      // Only the pushed cache is attached again, and only this way.
      expect(await backup(cache)).toBe('online');
      expect(await backup(other)).toBe('offline');
      expect((await b.readBackups('site-a', noHurry()))[cache]).toBe('offline');
      await reattach();
    }, 60_000);

    it('a second push while one is sent is refused by name, and the first one ends well', async () => {
      await detach();
      await fill();
      await twin.slowPushes();
      await a.startPush('site-b', cache, sending);
      expect(await push()).toBe('SENDING');

      expect(await failureOf(a.startPush('site-b', cache, sending))).toMatchObject({
        type: 'PushUnderWay',
        retryable: true,
      });
      expect(await push()).toBe('SENDING');

      await twin.hurryPushes();
      await pushReads('OK');
      await reattach();
    }, 60_000);

    it('a push that is cancelled no longer sends; the next one is not hindered by it', async () => {
      await detach();
      await clearReceiver();
      await fill();
      await twin.slowPushes();
      await a.startPush('site-b', cache, sending);

      await a.cancelPush('site-b', twin.caches, sending);
      expect(await push()).not.toBe('SENDING');
      expect(await push(other)).not.toBe('SENDING');

      await twin.hurryPushes();
      await clearReceiver();
      await a.startPush('site-b', cache, sending);
      await pushReads('OK');
      expect(await size(b)).toBe(await size(a));
      await reattach();
    }, 60_000);

    it('a push that is cut off ends as ERROR, leaves the backup online, and the receiver bound until that is cancelled', async () => {
      await detach();
      await clearReceiver();
      await fill();
      await twin.slowPushes();
      await a.startPush('site-b', cache, sending);

      await twin.cut();
      await split();
      await pushReads('ERROR');
      expect(await backup(cache)).toBe('online');
      await twin.heal();
      await twin.hurryPushes();
      await whole();

      expect((await failureOf(a.startPush('site-b', cache, sending))).type).toBe('PushUnderWay');
      expect(await push()).not.toBe('SENDING');
      await clearReceiver();
      await a.startPush('site-b', cache, sending);
      await pushReads('OK');
      expect(await entries(b)).toEqual(await entries(a));
      await reattach();
    }, 90_000);

    it('a push that is started in a split fails, does not stay SENDING, and has brought the backup online', async () => {
      await detach();
      await twin.cut();
      await split();

      expect(await failureOf(a.startPush('site-b', cache, sending))).toMatchObject({
        type: 'InfinispanFailed',
        retryable: true,
      });
      expect(await push()).not.toBe('SENDING');
      expect(await backup(cache)).toBe('online');
      await twin.heal();
      await whole();

      await clearReceiver();
      await a.startPush('site-b', cache, sending);
      await pushReads('OK');
      expect(await entries(b)).toEqual(await entries(a));
      await reattach();
    }, 90_000);

    it('an ended signal fails all of it and changes nothing', async () => {
      const signal = AbortSignal.abort();
      const ended = { commandId: 'x', signal };
      const before = await size(b);
      const statuses = await a.readPushes('site-b', twin.caches, noHurry());

      for (const failure of await Promise.all(
        [
          a.readCluster(signal),
          a.readPushes('site-b', [cache], signal),
          a.readStores([cache], signal),
          a.readEntryDigests(cache, signal)[Symbol.asyncIterator]().next(),
          b.bringBackupOnline('site-a', ended),
          b.cancelReceive('site-a', [cache], ended),
          b.clearCache(cache, 'site-a', ended),
          a.cancelPush('site-b', [cache], ended),
          a.startPush('site-b', cache, ended),
        ].map(failureOf),
      )) {
        expect(failure).toMatchObject({ type: 'InfinispanUnreachable', retryable: true });
      }
      expect(await size(b)).toBe(before);
      await expect(a.readPushes('site-b', twin.caches, noHurry())).resolves.toEqual(statuses);
    });

    it('caches that are not there are left out of the push statuses, and fail where they are needed', async () => {
      await expect(a.readPushes('site-b', ['no-such-cache'], noHurry())).resolves.toEqual({});
      await expect(a.readPushes('site-c', [cache], noHurry())).resolves.toEqual({});
      for (const reading of [
        a.readStores([cache, 'no-such-cache'], noHurry()),
        a.readEntryDigests('no-such-cache', noHurry())[Symbol.asyncIterator]().next(),
      ]) {
        expect((await failureOf(reading)).type).toBe('InfinispanNotFound');
      }
    });
  });
}
