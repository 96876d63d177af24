import type { BackupStatus, SiteView } from '../../domain/observation';
import type { CacheName, SiteName } from '../../domain/site-pair';
import type { ReplicationGateway } from '../ports';
import * as answers from './answers';
import { infinispanFailure, unreadable } from './failures';
import { InfinispanRest, segment, type RestOptions } from './rest';

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

  async function readContainer(signal: AbortSignal) {
    const container = await rest.get('/container', answers.container, signal);
    if (container.local_site !== site) {
      const message = `The server behind the URL of ${site} says that it is of ${container.local_site}.`;
      throw infinispanFailure('InfinispanAnswersAsAnotherSite', message, { retryable: false });
    }
    return container;
  }

  async function readBackup(cache: CacheName, backupSite: SiteName, signal: AbortSignal) {
    const path = `/caches/${segment(cache)}/x-site/backups`;
    // 404: this cache has no backups at all.
    const statuses = (await rest.find(path, answers.backupsOfCache, signal)) ?? {};
    if (typeof statuses['ERROR'] === 'string') {
      const message = `${site}, ${cache}: the status of its backups could not be determined there.`;
      throw infinispanFailure('InfinispanFailed', message, { retryable: true });
    }
    const status = statuses[backupSite];
    if (typeof status === 'string') throw unreadable(`${site}, ${cache}: the status of ${backupSite} is no status.`);
    return status?.status;
  }

  return {
    async readView(signal): Promise<SiteView> {
      const { local_site, relay_node, sites_view, cluster_members } = await readContainer(signal);
      // Such a node answers with an empty view, which must not be taken for a lost link.
      if (!relay_node || sites_view.length === 0) {
        const message = `The node that answered for ${site} is no relay node: it cannot tell which sites it sees.`;
        throw infinispanFailure('InfinispanNotARelay', message, { retryable: true });
      }
      return { localSite: local_site, sitesView: sites_view, members: cluster_members };
    },

    /** To the second: Infinispan counts whole seconds, so two reads of one start may differ by one. */
    async readStartedAt(signal) {
      const path = `/caches/${segment(startedAtCache)}?action=stats`;
      const { time_since_start: seconds } = await rest.get(path, answers.stats, signal);
      if (seconds < 0) throw unreadable(`${site}, ${startedAtCache}: its statistics are off, its start is unknown.`);
      return clock() - seconds * 1_000;
    },

    async readBackups(backupSite, signal) {
      const { defined_caches } = await readContainer(signal);
      const statuses = await Promise.all(
        defined_caches.map(async ({ name }) => [name, await readBackup(name, backupSite, signal)] as const),
      );
      return Object.fromEntries(statuses.filter((entry): entry is [CacheName, BackupStatus] => entry[1] !== undefined));
    },

    async readSizes(caches, signal) {
      const sizes = await Promise.all(
        caches.map((cache) => rest.get(`/caches/${segment(cache)}?action=size`, answers.size, signal)),
      );
      return Object.fromEntries(caches.map((cache, index) => [cache, sizes[index] as number]));
    },

    async takeBackupOffline(backupSite, sending) {
      const path = `/container/x-site/backups/${segment(backupSite)}?action=take-offline`;
      const outcomes = await rest.post(path, answers.outcomePerCache, sending);
      requireOk(site, backupSite, outcomes);
      return Object.keys(outcomes);
    },

    close: () => rest.close(),
  };
}

/** The server answers 200 whatever happened; `{}` means that no running cache has backups, so nothing was done. */
function requireOk(site: SiteName, backupSite: SiteName, outcomes: Record<CacheName, string>): void {
  const entries = Object.entries(outcomes);
  if (entries.length === 0) {
    const message = `${site} was told to take ${backupSite} offline, but nothing was done: it reported no cache.`;
    throw infinispanFailure('InfinispanIncomplete', message, { retryable: true });
  }
  const failed = entries.filter(([, outcome]) => outcome !== 'ok');
  if (failed.length === 0) return;
  if (failed.length === entries.length && failed.every(([, outcome]) => outcome.startsWith('Incorrect site name'))) {
    const message = `${site} has no backup location ${backupSite} (incorrect site name).`;
    throw infinispanFailure('InfinispanNotFound', message, { retryable: false });
  }
  const [cache, outcome] = failed[0] as [CacheName, string];
  const message =
    `${site} took ${backupSite} offline for ${entries.length - failed.length} of ${entries.length} caches; ` +
    `${cache}: ${outcome.slice(0, 160)}.`;
  throw infinispanFailure('InfinispanIncomplete', message, { retryable: true });
}
