import type { BackupStatus } from '../../domain/observation';
import type { CacheName, SiteName } from '../../domain/site-pair';
import * as answers from './answers';
import { infinispanFailure, unreadable } from './failures';
import { segment, type InfinispanRest } from './rest';

/** One site's Infinispan, as every part of this gateway asks it. */
export interface Site {
  site: SiteName;
  rest: InfinispanRest;
}

export const cachePath = (cache: CacheName): string => `/caches/${segment(cache)}`;
export const backupsPath = (cache: CacheName): string => `${cachePath(cache)}/x-site/backups`;

/** Fails with `InfinispanAnswersAsAnotherSite` when the server is not of this site. */
export async function readContainer({ site, rest }: Site, signal: AbortSignal) {
  const container = await rest.get('/container', answers.container, signal);
  if (container.local_site !== site) {
    const message = `The server behind the URL of ${site} says that it is of ${container.local_site}.`;
    throw infinispanFailure('InfinispanAnswersAsAnotherSite', message, { retryable: false });
  }
  return container;
}

/** Status of one cache's backup; `undefined` when it has none to that site. */
export async function readBackup(
  { site, rest }: Site,
  cache: CacheName,
  backupSite: SiteName,
  signal: AbortSignal,
): Promise<BackupStatus | undefined> {
  // 404: this cache has no backups at all.
  const statuses = (await rest.find(backupsPath(cache), answers.backupsOfCache, signal)) ?? {};
  refuseErrorAnswer(site, cache, statuses);
  const status = statuses[backupSite];
  if (typeof status === 'string') throw unreadable(`${site}, ${cache}: the status of ${backupSite} is no status.`);
  return status?.status;
}

/** A status that could not be determined is answered 200, with `ERROR` in place of a site. */
export function refuseErrorAnswer(site: SiteName, cache: CacheName, statuses: Record<string, unknown>): void {
  if (typeof statuses['ERROR'] !== 'string') return;
  const message = `${site}, ${cache}: the status of its backups could not be determined there.`;
  throw infinispanFailure('InfinispanFailed', message, { retryable: true });
}

/** The values of all caches, asked at once. */
export async function perCache<T>(
  caches: readonly CacheName[],
  ask: (cache: CacheName) => Promise<T>,
): Promise<Record<CacheName, T>> {
  const values = await Promise.all(caches.map(ask));
  return Object.fromEntries(caches.map((cache, index) => [cache, values[index] as T]));
}
