import type { CacheName, SiteName } from '../../domain/site-pair';
import type { Sending } from '../ports';
import { infinispanFailure } from './failures';
import { cachePath, readBackup, readContainer, type Site } from './site';

/** A clear is copied to every backup that is online; two guards keep it here: nothing is online there, and the flag. */
export async function clearCache(at: Site, cache: CacheName, keepSite: SiteName, sending: Sending): Promise<void> {
  const [, status] = await Promise.all([
    readContainer(at, sending.signal),
    readBackup(at, cache, keepSite, sending.signal),
  ]);
  if (status !== 'offline') {
    const message = `${at.site}, ${cache}: its backup to ${keepSite} reads ${status ?? 'as absent'}, not offline; nothing was cleared.`;
    throw infinispanFailure('KeepSiteStillOnline', message, { retryable: true });
  }
  await at.rest.tell(`${cachePath(cache)}?action=clear`, sending, { flags: 'SKIP_XSITE_BACKUP' });
}
