import type { z } from 'zod';
import type { BackupStatus, PushStatus, SiteView } from '../../domain/observation';
import type { CacheName } from '../../domain/site-pair';
import type { ReplicationGateway } from '../ports';
import * as answers from './answers';
import { switchBackup } from './backups';
import { readBridge } from './bridge';
import { clearCache } from './clear';
import { readCacheConfiguration } from './configuration';
import { readEntryDigests } from './entries';
import { readStoredDigests } from './stored-entries';
import { infinispanFailure, unreadable } from './failures';
import { cancelPush, cancelReceive, readPush, startPush } from './pushes';
import { InfinispanRest, type RestOptions } from './rest';
import { cachePath, perCache, readBackup, readContainer, type Site } from './site';

export interface InfinispanOptions extends RestOptions {
  /** A cache with statistics, by which a restart of the site is told. */
  startedAtCache: CacheName;
  clock: () => number;
}

export interface InfinispanGateway extends ReplicationGateway {
  close(): Promise<void>;
}

/** One site's replication, over Infinispan's REST API. */
export function createInfinispanGateway(options: InfinispanOptions): InfinispanGateway {
  const { site, startedAtCache, clock } = options;
  const rest = new InfinispanRest(options);
  const at: Site = { site, rest };

  /** Fails when the cache's statistics are off, which the server answers with -1. */
  async function readStatistic<Name extends string>(
    cache: CacheName,
    schema: z.ZodType<Record<Name, number>>,
    name: Name,
    signal: AbortSignal,
  ): Promise<number> {
    const { [name]: value } = await rest.get(`${cachePath(cache)}?action=stats`, schema, signal);
    if (value < 0) throw unreadable(`${site}, ${cache}: its statistics are off.`);
    return value;
  }

  return {
    async readView(signal): Promise<SiteView> {
      const { local_site, relay_node, sites_view, cluster_members } = await readContainer(at, signal);
      // Such a node answers with an empty view, which must not be taken for a lost link.
      if (!relay_node || sites_view.length === 0) {
        const message = `The node that answered for ${site} is no relay node: it cannot tell which sites it sees.`;
        throw infinispanFailure('InfinispanNotARelay', message, { retryable: true });
      }
      return { localSite: local_site, sitesView: sites_view, members: cluster_members };
    },

    /** To the second: Infinispan counts whole seconds, so two reads of one start may differ by one. */
    async readStartedAt(signal) {
      const seconds = await readStatistic(startedAtCache, answers.start, 'time_since_start', signal);
      return clock() - seconds * 1_000;
    },

    async readBackups(backupSite, signal) {
      const { defined_caches } = await readContainer(at, signal);
      const names = defined_caches.map(({ name }) => name);
      return onlyTold<BackupStatus>(await perCache(names, (cache) => readBackup(at, cache, backupSite, signal)));
    },

    readSizes: (caches, signal) =>
      perCache(caches, (cache) => rest.get(`${cachePath(cache)}?action=size`, answers.size, signal)),

    async readCluster(signal) {
      return (await rest.get('/container/health', answers.health, signal)).cluster_health.health_status;
    },

    async readPushes(backupSite, caches, signal) {
      return onlyTold<PushStatus>(await perCache(caches, (cache) => readPush(at, cache, backupSite, signal)));
    },

    async readCacheConfigurations(backupSite, caches, signal) {
      await readContainer(at, signal);
      return perCache(caches, (cache) => readCacheConfiguration(at, cache, backupSite, signal));
    },

    readBridge: (signal) => readBridge(at, signal),

    async readStores(caches, signal) {
      const stores = await perCache(caches, (cache) => readStatistic(cache, answers.stores, 'stores', signal));
      return Object.values(stores).reduce((sum, each) => sum + each, 0);
    },

    readEntryDigests: (cache, signal) => readEntryDigests(at, cache, signal),
    readStoredDigests: (cache, signal) => readStoredDigests(at, cache, signal),
    takeBackupOffline: (backupSite, sending) => switchBackup(at, backupSite, 'take-offline', sending),
    bringBackupOnline: (backupSite, sending) => switchBackup(at, backupSite, 'bring-online', sending),
    cancelReceive: (fromSite, caches, sending) => cancelReceive(at, fromSite, caches, sending),
    clearCache: (cache, keepSite, sending) => clearCache(at, cache, keepSite, sending),
    cancelPush: (backupSite, caches, sending) => cancelPush(at, backupSite, caches, sending),
    startPush: (backupSite, cache, sending) => startPush(at, backupSite, cache, sending),

    close: () => rest.close(),
  };
}

function onlyTold<T>(values: Record<CacheName, T | undefined>): Record<CacheName, T> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [CacheName, T] => entry[1] !== undefined));
}
