import { OperatingFailure } from '../domain/failure-types';
import type { SiteName } from '../domain/site-pair';
import { startToleranceMs } from '../domain/starts';
import { clockTime, type EpochMs } from '../domain/time';
import type { ReplicationGateway, TrafficGateway } from '../gateways/ports';
import { replicationBetween, type Effect } from './effect';

/**
 * Empties caches of a site that serves nobody: ends what it still receives, then clears them there and nowhere else.
 * Invariant: no cache is cleared unless this attempt read the site out of every endpoint group and the kept site as not started
 * anew, and each clear is preceded by a read of its own that the kept site is offline there. Empty already is success; there is
 * no undo.
 * Failure codes: `SiteStillAdmitted`, `KeepSiteRestarted`, `KeepSiteStillOnline` (nothing was cleared, of that cache at least), the Traffic and
 * Infinispan codes, those of `attempt.sending`.
 */
export const emptySite: Effect<'emptySite'> = async (configured, command, attempt) => {
  const { site, keepSite, keepSiteStartedAt, caches } = command;
  const replication = replicationBetween(configured, site, keepSite);
  const source = replicationBetween(configured, keepSite, site);
  await requireOutOfTraffic(configured.gateways.traffic, site, attempt.signal);
  await requireNotRestarted(source, { keepSite, keepSiteStartedAt }, attempt.signal);
  await replication.cancelReceive(keepSite, caches, await attempt.sending());
  const sending = await attempt.sending();
  await Promise.all(caches.map((cache) => replication.clearCache(cache, keepSite, sending)));
  return `cleared ${caches.join(', ')} of ${site}`;
};

async function requireNotRestarted(
  source: ReplicationGateway,
  { keepSite, keepSiteStartedAt }: { keepSite: SiteName; keepSiteStartedAt: EpochMs },
  signal: AbortSignal,
): Promise<void> {
  const startedAt = await source.readStartedAt(signal);
  if (startedAt - keepSiteStartedAt <= startToleranceMs) return;
  const message = `${keepSite} started anew at ${clockTime(startedAt)}, so it may be empty; nothing was cleared.`;
  throw new OperatingFailure('KeepSiteRestarted', message, { retryable: true });
}

async function requireOutOfTraffic(traffic: TrafficGateway, site: SiteName, signal: AbortSignal): Promise<void> {
  const groups = await traffic.readGroups(signal);
  const holding = groups.filter(({ endpoints }) => endpoints.some((endpoint) => endpoint.site === site));
  if (groups.length > 0 && holding.length === 0) return;
  const message =
    groups.length === 0
      ? `no endpoint group was read, so nothing tells that ${site} serves nobody; nothing was cleared.`
      : `${site} is in the endpoint group of ${holding.map(({ region }) => region).join(', ')}; nothing was cleared.`;
  throw new OperatingFailure('SiteStillAdmitted', message, { retryable: true });
}

/**
 * Starts a push of each cache, after ending what the receiver may still be bound to. One that cannot be started does not keep
 * the others. Side effect: the backup of each of them is online then.
 * Failure codes: `PushUnderWay` (one is being sent already; nothing was started), the Infinispan codes, those of `attempt.sending`.
 */
export const startPush: Effect<'startPush'> = async (configured, command, attempt) => {
  const { fromSite, toSite, caches } = command;
  const sender = replicationBetween(configured, fromSite, toSite);
  const receiver = replicationBetween(configured, toSite, fromSite);
  const statuses = await sender.readPushes(toSite, caches, attempt.signal);
  const busy = caches.filter((cache) => statuses[cache] === 'SENDING');
  if (busy.length > 0) {
    const message = `${fromSite} pushes ${busy.join(', ')} to ${toSite} already; nothing was started.`;
    throw new OperatingFailure('PushUnderWay', message, { retryable: true });
  }
  await receiver.cancelReceive(fromSite, caches, await attempt.sending());
  const failures: unknown[] = [];
  // One after the other: while it is asked, the sender waits for the receiver; many at once were seen to leave it deaf.
  for (const cache of caches) {
    // What was sent before may still land, which is worth more than why nothing more is sent.
    const sending = await attempt.sending().catch((error: unknown) => {
      throw failures[0] ?? error;
    });
    await sender.startPush(toSite, cache, sending).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
  return `a push of ${caches.join(', ')} to ${toSite} was started`;
};
