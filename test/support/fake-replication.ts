import { createHash } from 'node:crypto';
import type { CacheName, SiteName } from '../../domain/site-pair';
import type { EntryDigest, ReplicationGateway, Sending } from '../../gateways/ports';
import type { FakeCache } from './fake-caches';
import { failed, type Call } from './fake-faults';
import type { FakeWorld } from './fake-world';

/** One site's Infinispan in a fake world. */
export function fakeReplication(world: FakeWorld, site: SiteName): ReplicationGateway {
  const peer = world.other(site);

  async function reach(call: Call, signal: AbortSignal) {
    await world.faults.strike(call, site, signal);
    const state = world.site(site);
    if (!state.up) throw failed('InfinispanUnreachable', `${site} does not answer`);
    return state;
  }

  function own<State extends { answersAs: SiteName }>(state: State): State {
    const { answersAs } = state;
    if (answersAs !== site) throw failed('InfinispanAnswersAsAnotherSite', `${site} says ${answersAs}`, false);
    return state;
  }

  /** The backup that is meant; a server of another site has no backup to itself. */
  function requireBackup(backupSite: SiteName): void {
    if (backupSite !== peer || world.site(site).answersAs !== site) {
      throw failed('InfinispanNotFound', `${site} has no backup to ${backupSite}`, false);
    }
  }

  function cacheOf(cache: CacheName): FakeCache {
    const found = world.site(site).infinispan.caches.get(cache);
    if (!found) throw failed('InfinispanNotFound', `${site} has no cache ${cache}`, false);
    return found;
  }

  const each = <T>(caches: readonly CacheName[], read: (cache: FakeCache) => T): Record<CacheName, T> =>
    Object.fromEntries(caches.map((cache) => [cache, read(cacheOf(cache))]));

  /** A change as the real ones are: it may be struck before it applies, or its answer may be lost after it. */
  async function change<T>(
    call: Exclude<keyof ReplicationGateway, `read${string}`>,
    { commandId, signal }: Sending,
    about: { site: SiteName; cache?: CacheName },
    apply: () => T,
  ): Promise<T> {
    await reach(call, signal);
    requireBackup(about.site);
    world.record({ call, where: site, ...about, commandId });
    const outcome = apply();
    await world.faults.strike(call, site, signal, true);
    return outcome;
  }

  function switched(status: 'online' | 'offline'): readonly CacheName[] {
    const caches = [...world.site(site).infinispan.caches.keys()];
    if (caches.length === 0) throw failed('InfinispanIncomplete', 'nothing was done');
    world.setBackup(site, status, caches);
    return caches;
  }

  /** Those of one method are in no relation to those of the other. */
  async function* digests(
    call: 'readEntryDigests' | 'readStoredDigests',
    cache: CacheName,
    signal: AbortSignal,
  ): AsyncGenerator<EntryDigest> {
    own(await reach(call, signal));
    const { entries, expiring } = cacheOf(cache);
    const digestOf = (text: string) => digest(call === 'readEntryDigests' ? text : `stored ${text}`);
    for (const [key, value] of [...entries]) {
      if (signal.aborted || !world.site(site).up) {
        throw failed('InfinispanUnreachable', `${site} does not answer any more`);
      }
      yield { key: digestOf(key), value: digestOf(value), expires: expiring.has(key), created: expiring.get(key) };
    }
  }

  return {
    async readView(signal) {
      const { relay } = own(await reach('readView', signal));
      if (!relay) throw failed('InfinispanNotARelay', `${site}-1 is no relay node`);
      return {
        localSite: site,
        sitesView: world.sees(site, peer) ? [...world.sites].sort() : [site],
        members: [`${site}-1`],
      };
    },

    async readStartedAt(signal) {
      return (await reach('readStartedAt', signal)).infinispan.startedAt;
    },

    async readBackups(backupSite, signal) {
      own(await reach('readBackups', signal));
      return backupSite === peer ? world.backups(site) : {};
    },

    async readSizes(caches, signal) {
      await reach('readSizes', signal);
      return each(caches, ({ entries }) => entries.size);
    },

    async readCluster(signal) {
      return (await reach('readCluster', signal)).infinispan.cluster;
    },

    async readPushes(backupSite, caches, signal) {
      const { answersAs, infinispan } = await reach('readPushes', signal);
      const there = caches.filter((cache) => infinispan.caches.has(cache));
      return backupSite === peer && answersAs === site ? each(there, ({ push }) => push) : {};
    },

    async readCacheConfigurations(backupSite, caches, signal) {
      const { infinispan } = own(await reach('readCacheConfigurations', signal));
      const configurationOf = (cache: CacheName) => {
        const found = infinispan.caches.get(cache);
        if (!found) return 'absent';
        const { transactionMode, backup } = found.configuration;
        return { transactionMode, ...(backup && backupSite === peer && { backup }) };
      };
      return Object.fromEntries(caches.map((cache) => [cache, configurationOf(cache)]));
    },

    async readBridge(signal) {
      own(await reach('readBridge', signal));
      return { stack: 'bridge', keepsUndeliveredMs: world.zombies ? 240_000 : 1_000 };
    },

    async readStores(caches, signal) {
      await reach('readStores', signal);
      return Object.values(each(caches, ({ stores }) => stores)).reduce((sum, stores) => sum + stores, 0);
    },

    readEntryDigests: (cache, signal) => digests('readEntryDigests', cache, signal),
    readStoredDigests: (cache, signal) => digests('readStoredDigests', cache, signal),

    takeBackupOffline: (backupSite, sending) =>
      change('takeBackupOffline', sending, { site: backupSite }, () => switched('offline')),

    bringBackupOnline: (backupSite, sending) =>
      change('bringBackupOnline', sending, { site: backupSite }, () => switched('online')),

    cancelReceive: (fromSite, caches, sending) =>
      change('cancelReceive', sending, { site: fromSite }, () => {
        for (const cache of caches) world.pushes.cancelReceive(site, cache);
      }),

    async clearCache(cache, keepSite, sending) {
      own(await reach('clearCache', sending.signal));
      if (keepSite !== peer || cacheOf(cache).backup !== 'offline') {
        throw failed('KeepSiteStillOnline', `${site} has ${keepSite} online for ${cache}; nothing was cleared`);
      }
      await change('clearCache', sending, { site: keepSite, cache }, () =>
        world.clear(site, cache, { skipBackup: true }),
      );
    },

    cancelPush: (backupSite, caches, sending) =>
      change('cancelPush', sending, { site: backupSite }, () => {
        for (const cache of caches) world.pushes.cancel(site, cache, world.sees(site, peer));
      }),

    startPush: (backupSite, cache, sending) =>
      change('startPush', sending, { site: backupSite, cache }, () => {
        const own = cacheOf(cache);
        if (own.push === 'SENDING') throw failed('PushUnderWay', `${site} pushes ${cache} already`);
        own.backup = 'online';
        own.push = 'CANCELED';
        if (!world.sees(site, peer)) throw failed('InfinispanFailed', `${peer} is out of sight`);
        if (world.cache(peer, cache).receiving) throw failed('PushUnderWay', `${peer} receives ${cache} already`);
        world.pushes.start(site, peer, cache);
      }),
  };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
