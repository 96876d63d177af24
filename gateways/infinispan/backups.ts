import type { CacheName, SiteName } from '../../domain/site-pair';
import type { Sending } from '../ports';
import * as answers from './answers';
import { infinispanFailure } from './failures';
import { segment } from './rest';
import type { Site } from './site';

const words = {
  'take-offline': { to: 'take', done: 'took', status: 'offline' },
  'bring-online': { to: 'bring', done: 'brought', status: 'online' },
};

/**
 * Takes a backup location offline or brings it online, for every cache of this site that has one.
 * @returns the caches that answered; succeeds only when each of them answered "ok".
 */
export async function switchBackup(
  { site, rest }: Site,
  backupSite: SiteName,
  action: keyof typeof words,
  sending: Sending,
): Promise<readonly CacheName[]> {
  const path = `/container/x-site/backups/${segment(backupSite)}?action=${action}`;
  const outcomes = await rest.post(path, answers.outcomePerCache, sending);
  requireOk(site, backupSite, outcomes, words[action]);
  return Object.keys(outcomes);
}

/** The server answers 200 whatever happened; `{}` means that no running cache has backups, so nothing was done. */
function requireOk(
  site: SiteName,
  backupSite: SiteName,
  outcomes: Record<CacheName, string>,
  { to, done, status }: (typeof words)[keyof typeof words],
): void {
  const entries = Object.entries(outcomes);
  if (entries.length === 0) {
    const message = `${site} was told to ${to} ${backupSite} ${status}, but nothing was done: it reported no cache.`;
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
    `${site} ${done} ${backupSite} ${status} for ${entries.length - failed.length} of ${entries.length} caches; ` +
    `${cache}: ${outcome.slice(0, 160)}.`;
  throw infinispanFailure('InfinispanIncomplete', message, { retryable: true });
}
