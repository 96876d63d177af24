import { compareSites } from '../../activities/compare/compare-sites';
import type { ConfiguredPair } from '../../activities/dependencies';
import { emptySite, startPush } from '../../activities/effects-synchronize';
import { isEqual, type Comparison } from '../../domain/comparison';
import type { SitePair } from '../../domain/site-pair';
import type { InfinispanGateway } from '../../gateways/infinispan';
import { labCaches, type InfinispanPair } from '../../lab/infinispan';
import type { InfinispanRest } from '../../lab/infinispan-rest';
import { until } from '../../lab/until';
import { FakeWorld } from '../support/fake-world';
import { pair as domainPair } from '../support/observations';
import { failureOf, noHurry } from '../support/outcome';
import { anAttempt } from '../unit/activities/an-attempt';

const [cache, other] = labCaches;
const perCache = 5_000;
/** Small chunks, and soon at its wits' end: an error is seen within seconds. */
const stateTransfer = {
  'state-transfer': { 'chunk-size': 16, timeout: 2_000, 'max-retries': 2, 'wait-time': 200 },
};

/**
 * Bad days of a synchronize that only real servers can have; the traffic director is a fake one, out of which site-b was taken.
 * One pair serves all of them; each begins with both sites detached and with equal, empty caches.
 */
export function infinispanWayBack(
  parts: () => { pair: InfinispanPair; gateways: Record<string, InfinispanGateway> },
): void {
  describe('the way back with real servers', () => {
    const sending = { commandId: 'pair-1/1/1', signal: noHurry() };
    let a: InfinispanGateway;
    let b: InfinispanGateway;
    let restA: InfinispanRest;
    let restB: InfinispanRest;
    let lab: InfinispanPair;
    let world: FakeWorld;
    let configured: ConfiguredPair;
    let caches: string[];

    beforeEach(async () => {
      const { pair, gateways } = parts();
      lab = pair;
      [a, b] = [gateways['site-a']!, gateways['site-b']!];
      [restA, restB] = [lab.sites['site-a'].rest, lab.sites['site-b'].rest];
      await whole();
      caches = [...labCaches];
      world = new FakeWorld({ caches });
      world.removedByOthers('site-b');
      const sitePair: SitePair = { ...domainPair, caches };
      configured = {
        ...{ pair: sitePair, configHash: 'cafe0000' },
        gateways: { ...world.gateways(), replication: { 'site-a': a, 'site-b': b } },
      };
      await detach();
      for (const each of caches) {
        await a.clearCache(each, 'site-b', sending);
        await b.clearCache(each, 'site-a', sending);
      }
    }, 60_000);

    afterEach(async () => {
      await lab.link.heal();
      await whole();
      await a.cancelPush('site-b', labCaches, sending);
      await a.bringBackupOnline('site-b', sending);
      await b.bringBackupOnline('site-a', sending);
    }, 60_000);

    const whole = () => until(() => lab.isWhole(), { what: 'both sites see each other', withinSeconds: 30 });

    async function detach(): Promise<void> {
      await a.takeBackupOffline('site-b', sending);
      await b.takeBackupOffline('site-a', sending);
    }

    const empty = () =>
      emptySite(configured, { kind: 'emptySite', site: 'site-b', keepSite: 'site-a', caches }, anAttempt());
    const push = (of: readonly string[] = caches) =>
      startPush(configured, { kind: 'startPush', fromSite: 'site-a', toSite: 'site-b', caches: of }, anAttempt());

    /** Until no push is SENDING any more. */
    const pushed = () =>
      until(
        async () => {
          const statuses = await a.readPushes('site-b', caches, noHurry());
          return Object.values(statuses).includes('SENDING') ? undefined : statuses;
        },
        { what: 'no push is under way', withinSeconds: 120 },
      );

    async function compared(): Promise<Comparison> {
      const sites = { keepSite: 'site-a', staleSite: 'site-b' };
      const command = { kind: 'compareSites', ...sites, caches, epoch: 1, afterPush: true } as const;
      const said = await compareSites(configured, command, anAttempt());
      return (said as { comparison: Comparison }).comparison;
    }

    async function fill(rest: InfinispanRest, of: string, count: number, value = 'value'): Promise<void> {
      const next = Array.from({ length: count }, (_, index) => `key-${index}`)[Symbol.iterator]();
      const write = async (): Promise<void> => {
        for (const key of next) await rest.put(of, key, value);
      };
      await Promise.all(Array.from({ length: 24 }, write));
    }

    const protostream = (backupSite: string): string =>
      JSON.stringify({
        'distributed-cache': {
          ...{ mode: 'SYNC', statistics: true, encoding: { 'media-type': 'application/x-protostream' } },
          backups: {
            [backupSite]: { backup: { strategy: 'SYNC', 'failure-policy': 'FAIL', timeout: 4_500, ...stateTransfer } },
          },
        },
      });

    /** A cache of its own on both sites, for one test. */
    async function moreCaches(name: string): Promise<{ remove: () => Promise<void> }> {
      const json = { 'content-type': 'application/json' };
      await restA.ask('POST', `/caches/${name}`, { body: protostream('site-b'), headers: json });
      await restB.ask('POST', `/caches/${name}`, { body: protostream('site-a'), headers: json });
      caches.push(name);
      await detach();
      const remove = async () => {
        for (const rest of [restA, restB]) await rest.ask('DELETE', `/caches/${name}`, { timeoutMs: 10_000 });
      };
      return { remove };
    }

    it('take-offline during a push: it ends OK with equal sizes, and the comparison finds what differs', async () => {
      await fill(restA, cache, 200);
      await empty();
      await lab.link.slow(50);
      await push([cache]);
      await until(async () => (await restB.size(cache)) > 30, {
        what: 'some are sent',
        withinSeconds: 10,
        everyMs: 20,
      });
      await a.takeBackupOffline('site-b', sending);
      await fill(restA, cache, 200, 'written after the fence');

      expect(await pushed()).toMatchObject({ [cache]: 'OK' });
      expect(await restB.size(cache)).toBe(200);
      await lab.link.heal();
      const { [cache]: found } = (await compared()).caches;
      expect(found).toMatchObject({ keepEntries: 200, staleEntries: 200, onlyOnKeep: 0, onlyOnStale: 0 });
      expect(found!.differing).toBeGreaterThan(0);
    }, 60_000);

    it('a receive that is cancelled under a push: it ends OK with a part missing, and the comparison says so', async () => {
      await fill(restA, cache, 200);
      await empty();
      await lab.link.slow(50);
      await push([cache]);
      await b.cancelReceive('site-a', [cache], sending);

      expect(await pushed()).toMatchObject({ [cache]: 'OK' });
      await lab.link.heal();
      expect((await compared()).caches[cache]!.onlyOnKeep).toBeGreaterThan(0);
    }, 60_000);

    it('one of several caches ends as ERROR, the others are pushed well; the failed one is pushed again alone', async () => {
      const more = await moreCaches('more');
      try {
        await fill(restA, cache, 50);
        await fill(restA, 'more', 600);
        await empty();
        await lab.link.slow(50);
        await push([cache, 'more']);
        await restB.ask('DELETE', '/caches/more', { timeoutMs: 10_000 });

        expect(await pushed()).toMatchObject({ [cache]: 'OK', more: 'ERROR' });
        await lab.link.heal();
        const json = { 'content-type': 'application/json' };
        await restB.ask('POST', '/caches/more', { body: protostream('site-a'), headers: json });
        await b.takeBackupOffline('site-a', sending);
        await push(['more']);
        expect(await pushed()).toMatchObject({ more: 'OK' });
        expect(isEqual(await compared())).toBe(true);
      } finally {
        await lab.link.heal();
        await more.remove();
      }
    }, 90_000);

    it('a push that another left SENDING for ever in a split is cancelled, and the next one works', async () => {
      await fill(restA, cache, 5);
      await lab.link.cut();
      await until(() => lab.isSplit(), { what: 'split', withinSeconds: 30 });
      const byHand = await restA.ask('POST', `/caches/${cache}/x-site/backups/site-b?action=start-push-state`);
      expect(byHand.status).toBe(500);
      expect(await a.readPushes('site-b', [cache], noHurry())).toEqual({ [cache]: 'SENDING' });
      expect((await failureOf(push([cache]))).type).toBe('PushUnderWay');

      await a.cancelPush('site-b', [cache], sending);
      expect(await a.readPushes('site-b', [cache], noHurry())).toEqual({ [cache]: 'CANCELED' });
      await lab.link.heal();
      await whole();
      await empty();
      await push([cache]);
      expect(await pushed()).toMatchObject({ [cache]: 'OK' });
      expect(isEqual(await compared())).toBe(true);
    }, 60_000);

    it('nothing is emptied while the site is admitted, or while the kept one is online there', async () => {
      await fill(restA, cache, 3);
      await fill(restB, cache, 4);
      world.addedByOthers('site-b');
      expect((await failureOf(empty())).type).toBe('SiteStillAdmitted');
      world.removedByOthers('site-b');
      await b.bringBackupOnline('site-a', sending);
      expect((await failureOf(empty())).type).toBe('KeepSiteStillOnline');

      expect([await restA.size(cache), await restB.size(cache)]).toEqual([3, 4]);
      await b.takeBackupOffline('site-a', sending);
      await empty();
      expect([await restA.size(cache), await restB.size(cache)]).toEqual([3, 0]);
    }, 60_000);

    it('keys of every type are told apart, and equal on both sites', async () => {
      const more = await moreCaches('typed');
      try {
        const types = ['x-java-object;type=java.lang.Integer', 'x-java-object;type=java.lang.Long', 'octet-stream'];
        for (const type of [...types.map((each) => `application/${each}`), 'text/plain']) {
          const headers = { 'key-content-type': type, 'content-type': 'text/plain' };
          await restA.ask('PUT', '/caches/typed/7', { body: 'value', headers });
        }
        const large = {
          'key-content-type': 'application/x-java-object;type=java.lang.Long',
          'content-type': 'text/plain',
        };
        for (const key of ['9007199254740992', '9007199254740993']) {
          await restA.ask('PUT', `/caches/typed/${key}`, { body: 'value', headers: large });
        }

        const keys = new Set<string>();
        for await (const { key } of a.readEntryDigests('typed', noHurry())) keys.add(key);
        expect(keys.size).toBe(6);
        await push(['typed']);
        await pushed();
        const { typed } = (await compared()).caches;
        expect(typed).toEqual({ keepEntries: 6, staleEntries: 6, onlyOnKeep: 0, onlyOnStale: 0, differing: 0 });
      } finally {
        await more.remove();
      }
    }, 60_000);

    it('a lifespan that the push restarts is no difference, nor is an entry that expired on the kept site only', async () => {
      const text = { 'content-type': 'text/plain' };
      await restA.ask('PUT', `/caches/${cache}/long`, { body: 'v', headers: { ...text, timeToLiveSeconds: '600' } });
      await restA.ask('PUT', `/caches/${cache}/short`, { body: 'v', headers: { ...text, timeToLiveSeconds: '4' } });
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      await push([cache]);
      await pushed();
      await until(async () => (await restA.size(cache)) === 1, {
        what: 'it expired on the kept site',
        withinSeconds: 10,
      });

      const comparison = await compared();

      expect(isEqual(comparison)).toBe(true);
      expect(comparison.caches[cache]).toMatchObject({ onlyOnKeep: 0, onlyOnStale: 0, differing: 0 });
    }, 60_000);

    it('a write that was refused in a split and arrives after the heal does not survive', async () => {
      await a.bringBackupOnline('site-b', sending);
      await lab.link.cut();
      // Sent before the view changes: it is kept and delivered later.
      expect(await restA.put(cache, 'zombie', 'refused')).toBe(500);
      await until(() => lab.isSplit(), { what: 'split', withinSeconds: 30 });
      await lab.link.heal();
      await whole();
      await until(async () => (await restB.get(cache, 'zombie')) !== undefined, {
        what: 'it arrives',
        withinSeconds: 30,
      });
      expect(await restA.get(cache, 'zombie')).toBeUndefined();
      expect(isEqual(await compared())).toBe(false);

      await detach();
      await empty();
      await push();
      await pushed();

      expect(await restB.get(cache, 'zombie')).toBeUndefined();
      expect(isEqual(await compared())).toBe(true);
    }, 90_000);

    it('what is written at the kept site during the push and the comparison settles', async () => {
      await fill(restA, cache, 500);
      await empty();
      let writes = 0;
      let done = false;
      const writing = (async () => {
        while (!done) {
          writes += 1;
          await restA.put(cache, `key-${writes % 100}`, `live ${writes}`);
          await restA.put(other, `live-${writes}`, 'new');
        }
      })();
      try {
        await push();
        await pushed();
        expect(isEqual(await compared())).toBe(true);
      } finally {
        done = true;
        await writing;
      }
      expect(writes).toBeGreaterThan(10);
    }, 60_000);

    it('compares with no server of another site', async () => {
      const { replication } = configured.gateways;
      configured.gateways = {
        ...configured.gateways,
        replication: { ...replication, 'site-b': parts().gateways['misled']! },
      };

      expect((await failureOf(compared())).type).toBe('InfinispanAnswersAsAnotherSite');
    });

    it(`${perCache} entries of every cache are pushed and compared`, async () => {
      for (const each of caches) await fill(restA, each, perCache);
      await empty();

      await push();

      expect(await pushed()).toEqual(Object.fromEntries(caches.map((each) => [each, 'OK'])));
      const comparison = await compared();
      expect(isEqual(comparison)).toBe(true);
      for (const each of caches) {
        expect(comparison.caches[each]).toMatchObject({ keepEntries: perCache, staleEntries: perCache });
      }
    }, 180_000);
  });
}
