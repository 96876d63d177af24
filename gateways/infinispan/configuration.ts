import type { CacheConfiguration } from '../../domain/readiness/facts';
import type { CacheName, SiteName } from '../../domain/site-pair';
import * as answers from './answers';
import { unreadable } from './failures';
import { cachePath, type Site } from './site';

/** As the server has it in force, however it was configured: in a file, by a template or by whoever created the cache. */
export async function readCacheConfiguration(
  { site, rest }: Site,
  cache: CacheName,
  backupSite: SiteName,
  signal: AbortSignal,
): Promise<CacheConfiguration | 'absent'> {
  const answer = await rest.find(`${cachePath(cache)}?action=config`, answers.configurationOfCache, signal);
  if (answer === undefined) return 'absent';
  const [configuration] = Object.values(answer[cache] ?? {});
  if (!configuration) throw unreadable(`${site}, ${cache}: its configuration is not in the answer.`);
  const { transaction, backups } = configuration;
  const backup = backups?.[backupSite]?.backup;
  return {
    transactionMode: transaction?.mode ?? 'NONE',
    ...(backup && { backup: settingsOf(backup) }),
  };
}

function settingsOf({
  strategy,
  'failure-policy': failurePolicy,
  'take-offline': takeOffline,
}: answers.BackupConfiguration): CacheConfiguration['backup'] {
  const { 'after-failures': afterFailures, 'min-wait': minWaitMs } = takeOffline ?? {
    'after-failures': 0,
    'min-wait': 0,
  };
  const isNever = afterFailures <= 0 && minWaitMs <= 0;
  return { strategy, failurePolicy, ...(!isNever && { takesOffline: { afterFailures, minWaitMs } }) };
}
