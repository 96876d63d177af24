import { isEqual } from '../../domain/comparison';
import { labCaches } from '../../lab/infinispan';
import { until } from '../../lab/until';
import { failureOf, noHurry } from '../support/outcome';
import { SynchronizingPair, type SynchronizingParts } from '../support/synchronizing-pair';

const [cache, other] = labCaches;
const perCache = 5_000;
const { sending } = SynchronizingPair;

/**
 * Bad days of a synchronize that only real servers can have. One pair serves all of them; each begins with both sites detached
 * and with equal, empty caches.
 */
export function infinispanWayBack(parts: () => SynchronizingParts): void {
  describe('the way back with real servers', () => {
    let on: SynchronizingPair;
    beforeEach(async () => {
      on = await SynchronizingPair.begin(parts());
    }, 60_000);
    afterEach(() => on.end(), 60_000);

    it('take-offline during a push: it ends OK with equal sizes, and the comparison finds what differs', async () => {
      await on.fill(on.restA, cache, 200);
      await on.empty();
      await on.lab.link.slow(50);
      await on.push([cache]);
      await until(async () => (await on.restB.size(cache)) > 30, {
        what: 'some are sent',
        withinSeconds: 10,
        everyMs: 20,
      });
      await on.a.takeBackupOffline('site-b', sending);
      await on.fill(on.restA, cache, 200, 'written after the fence');

      expect(await on.pushed()).toMatchObject({ [cache]: 'OK' });
      expect(await on.restB.size(cache)).toBe(200);
      await on.lab.link.heal();
      const { [cache]: found } = (await on.compared()).caches;
      expect(found).toMatchObject({ keepEntries: 200, staleEntries: 200, onlyOnKeep: 0, onlyOnStale: 0 });
      expect(found!.differing).toBeGreaterThan(0);
    }, 60_000);

    it('a receive that is cancelled under a push: it ends OK with a part missing, and the comparison says so', async () => {
      await on.fill(on.restA, cache, 200);
      await on.empty();
      await on.lab.link.slow(50);
      await on.push([cache]);
      await on.b.cancelReceive('site-a', [cache], sending);

      expect(await on.pushed()).toMatchObject({ [cache]: 'OK' });
      await on.lab.link.heal();
      expect((await on.compared()).caches[cache]!.onlyOnKeep).toBeGreaterThan(0);
    }, 60_000);

    it('one of several caches ends as ERROR, the others are pushed well; the failed one is pushed again alone', async () => {
      const more = await on.addCache('more');
      try {
        await on.fill(on.restA, cache, 50);
        await on.fill(on.restA, 'more', 600);
        await on.empty();
        await on.lab.link.slow(50);
        await on.push([cache, 'more']);
        await on.restB.ask('DELETE', '/caches/more', { timeoutMs: 10_000 });

        expect(await on.pushed()).toMatchObject({ [cache]: 'OK', more: 'ERROR' });
        await on.lab.link.heal();
        await on.makeCache(on.restB, 'more', 'site-a');
        await on.b.takeBackupOffline('site-a', sending);
        await on.push(['more']);
        expect(await on.pushed()).toMatchObject({ more: 'OK' });
        expect(isEqual(await on.compared())).toBe(true);
      } finally {
        await on.lab.link.heal();
        await more.remove();
      }
    }, 90_000);

    it('a push that another left SENDING for ever in a split is cancelled, and the next one works', async () => {
      await on.fill(on.restA, cache, 5);
      await on.lab.link.cut();
      await on.split();
      const byHand = await on.restA.ask('POST', `/caches/${cache}/x-site/backups/site-b?action=start-push-state`);
      expect(byHand.status).toBe(500);
      expect(await on.a.readPushes('site-b', [cache], noHurry())).toEqual({ [cache]: 'SENDING' });
      expect((await failureOf(on.push([cache]))).type).toBe('PushUnderWay');

      await on.a.cancelPush('site-b', [cache], sending);
      expect(await on.a.readPushes('site-b', [cache], noHurry())).toEqual({ [cache]: 'CANCELED' });
      await on.lab.link.heal();
      await on.whole();
      await on.empty();
      await on.push([cache]);
      expect(await on.pushed()).toMatchObject({ [cache]: 'OK' });
      expect(isEqual(await on.compared())).toBe(true);
    }, 60_000);

    it('nothing is emptied while the site is admitted, or while the kept one is online there', async () => {
      await on.fill(on.restA, cache, 3);
      await on.fill(on.restB, cache, 4);
      on.world.addedByOthers('site-b');
      expect((await failureOf(on.empty())).type).toBe('SiteStillAdmitted');
      on.world.removedByOthers('site-b');
      await on.b.bringBackupOnline('site-a', sending);
      expect((await failureOf(on.empty())).type).toBe('KeepSiteStillOnline');

      expect([await on.restA.size(cache), await on.restB.size(cache)]).toEqual([3, 4]);
      await on.b.takeBackupOffline('site-a', sending);
      await on.empty();
      expect([await on.restA.size(cache), await on.restB.size(cache)]).toEqual([3, 0]);
    }, 60_000);

    it('a write that was refused in a split and arrives after the heal does not survive', async () => {
      await on.a.bringBackupOnline('site-b', sending);
      await on.lab.link.cut();
      // Sent before the view changes: it is kept and delivered later.
      expect(await on.restA.put(cache, 'zombie', 'refused')).toBe(500);
      await on.split();
      await on.lab.link.heal();
      await on.whole();
      await until(async () => (await on.restB.get(cache, 'zombie')) !== undefined, {
        what: 'it arrives',
        withinSeconds: 30,
      });
      expect(await on.restA.get(cache, 'zombie')).toBeUndefined();
      expect(isEqual(await on.compared())).toBe(false);

      await on.detach();
      await on.empty();
      await on.push();
      await on.pushed();

      expect(await on.restB.get(cache, 'zombie')).toBeUndefined();
      expect(isEqual(await on.compared())).toBe(true);
    }, 90_000);

    it('what is written at the kept site during the push and the comparison settles', async () => {
      await on.fill(on.restA, cache, 500);
      await on.empty();
      let writes = 0;
      let done = false;
      const writing = (async () => {
        while (!done) {
          writes += 1;
          await on.restA.put(cache, `key-${writes % 100}`, `live ${writes}`);
          await on.restA.put(other, `live-${writes}`, 'new');
        }
      })();
      try {
        await on.push();
        await on.pushed();
        expect(isEqual(await on.compared())).toBe(true);
      } finally {
        done = true;
        await writing;
      }
      expect(writes).toBeGreaterThan(10);
    }, 60_000);

    it('compares with no server of another site', async () => {
      const { replication } = on.configured.gateways;
      on.configured.gateways = {
        ...on.configured.gateways,
        replication: { ...replication, 'site-b': parts().gateways['misled']! },
      };

      expect((await failureOf(on.compared())).type).toBe('InfinispanAnswersAsAnotherSite');
    });

    it(`${perCache} entries of every cache are pushed and compared`, async () => {
      for (const each of on.caches) await on.fill(on.restA, each, perCache);
      await on.empty();

      await on.push();

      expect(await on.pushed()).toEqual(Object.fromEntries(on.caches.map((each) => [each, 'OK'])));
      const comparison = await on.compared();
      expect(isEqual(comparison)).toBe(true);
      for (const each of on.caches) {
        expect(comparison.caches[each]).toMatchObject({ keepEntries: perCache, staleEntries: perCache });
      }
    }, 180_000);
  });
}
