import { OperatingFailure } from '../../domain/failure-types';
import type { PushStatus } from '../../domain/observation';
import type { CacheName, SiteName } from '../../domain/site-pair';
import type { Sending } from '../ports';
import * as answers from './answers';
import { infinispanFailure, unreadable } from './failures';
import { segment } from './rest';
import { backupsPath, cachePath, refuseErrorAnswer, type Site } from './site';

/** Status of a cache's last push; `undefined` when it has no backup to that site. */
export async function readPush(
  { site, rest }: Site,
  cache: CacheName,
  backupSite: SiteName,
  signal: AbortSignal,
): Promise<PushStatus | undefined> {
  const path = `${backupsPath(cache)}?action=push-state-status`;
  const statuses = (await rest.find(path, answers.pushes, signal)) ?? {};
  refuseErrorAnswer(site, cache, statuses);
  if (statuses[backupSite] === undefined) return undefined;
  const status = answers.pushStatus.safeParse(statuses[backupSite]);
  if (!status.success) throw unreadable(`${site}, ${cache}: the status of its push to ${backupSite} is none we know.`);
  return status.data;
}

export async function cancelReceive(
  { rest }: Site,
  fromSite: SiteName,
  caches: readonly CacheName[],
  sending: Sending,
): Promise<void> {
  const tell = (cache: CacheName) =>
    rest.tell(`${backupsPath(cache)}/${segment(fromSite)}?action=cancel-receive-state`, sending);
  await Promise.all(caches.map(tell));
}

/**
 * One after the other, as the starts are: the server waits for the other site in the threads of its own network, and was
 * seen not to answer anybody for minutes when four starts at once waited there right after a heal.
 */
export async function cancelPush(
  from: Site,
  backupSite: SiteName,
  caches: readonly CacheName[],
  sending: Sending,
): Promise<void> {
  const failures: unknown[] = [];
  for (const cache of caches) {
    await cancelOne(from, backupSite, cache, sending).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

/** With the other site out of reach the call fails although the push is cancelled here: what is read afterwards counts. */
async function cancelOne(from: Site, backupSite: SiteName, cache: CacheName, sending: Sending): Promise<void> {
  const path = `${backupsPath(cache)}/${segment(backupSite)}?action=cancel-push-state`;
  const failure = await from.rest.tell(path, sending).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof OperatingFailure && failure.type !== 'InfinispanFailed') throw failure;
  const status = await readPush(from, cache, backupSite, sending.signal);
  if (status !== 'SENDING') return;
  const message = `${from.site}, ${cache}: its push to ${backupSite} was cancelled and still reads SENDING.`;
  throw infinispanFailure('InfinispanFailed', message, { retryable: true, cause: failure });
}

/**
 * A start that the server refuses may leave the status SENDING for ever, so it is cancelled again: what reads SENDING
 * afterwards is being sent. The refusal of a second start does not name its reason to the caller; ISPN000217 is all that is told.
 */
export async function startPush(from: Site, backupSite: SiteName, cache: CacheName, sending: Sending): Promise<void> {
  const { site, rest } = from;
  const cleared = await rest.post(
    `${cachePath(cache)}/x-site/local?action=clear-push-state-status`,
    answers.outcome,
    sending,
  );
  if (cleared !== 'ok') {
    const message = `${site}, ${cache}: the status of its last push could not be cleared: ${cleared.slice(0, 160)}.`;
    throw infinispanFailure('InfinispanFailed', message, { retryable: true });
  }
  await requireIdle(from, backupSite, cache, sending.signal);
  try {
    await rest.tell(`${backupsPath(cache)}/${segment(backupSite)}?action=start-push-state`, sending);
  } catch (error) {
    if (!(error instanceof OperatingFailure) || error.type !== 'InfinispanFailed') throw error;
    await cancelOne(from, backupSite, cache, sending).catch(() => undefined);
    if (!error.message.includes('ISPN000217')) throw error;
    const message = `${site}, ${cache}: ${backupSite} receives a push of it already, or never learnt that one was cut off.`;
    throw infinispanFailure('PushUnderWay', message, { retryable: true, cause: error });
  }
}

async function requireIdle(from: Site, backupSite: SiteName, cache: CacheName, signal: AbortSignal): Promise<void> {
  const status = await readPush(from, cache, backupSite, signal);
  if (status === 'IDLE') return;
  if (status === 'SENDING') {
    const message = `${from.site}, ${cache}: a push to ${backupSite} is under way already.`;
    throw infinispanFailure('PushUnderWay', message, { retryable: true });
  }
  const [type, says] =
    status === undefined
      ? (['InfinispanNotFound', `has no backup to ${backupSite}`] as const)
      : (['InfinispanFailed', `the status of its last push was cleared and still reads ${status}`] as const);
  throw infinispanFailure(type, `${from.site}, ${cache}: ${says}.`, { retryable: status !== undefined });
}
