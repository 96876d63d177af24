import { groupObstacle } from '../domain/eligibility';
import { OperatingFailure } from '../domain/failure-types';
import type { SiteName } from '../domain/site-pair';
import { isServedBy } from '../domain/traffic';
import type { ConfiguredPair } from './dependencies';
import { replicationBetween, workloadOf, type Effect } from './effect';

/**
 * Removes one endpoint from one group, after reading that group once more. Absent already is success.
 * Failure codes: `LastEndpointGuard` (nothing was sent), the Traffic codes, those of `attempt.sending`.
 */
export const removeEndpoint: Effect<'removeEndpoint'> = async (configured, command, attempt) => {
  const { groupArn, site, keepSite } = command;
  const { traffic } = configured.gateways;
  const group = await traffic.readGroup(groupArn, attempt.signal);
  const health = await probeHealth(configured, keepSite, attempt.signal);
  const obstacle = groupObstacle(group, { keepSite, staleSite: site }, health);
  if (obstacle) throw new OperatingFailure('LastEndpointGuard', obstacle.message, { retryable: true });
  await traffic.removeEndpoint({ groupArn, site }, await attempt.sending());
  return `RemoveEndpoints accepted for ${site}`;
};

/**
 * Removes a lost site's endpoint from one group, by a person's decision, after reading that group once more.
 * Failure codes: `LostSiteServes` (it is not unhealthy; nothing was sent), the Traffic codes, those of `attempt.sending`.
 */
export const removeLostEndpoint: Effect<'removeLostEndpoint'> = async ({ gateways }, command, attempt) => {
  const { groupArn, site, evenIfHealthy } = command;
  const group = await gateways.traffic.readGroup(groupArn, attempt.signal);
  if (!evenIfHealthy && isServedBy([group], site)) {
    const message = `${site} is not unhealthy in ${group.region}: it is not lost.`;
    throw new OperatingFailure('LostSiteServes', message, { retryable: true });
  }
  await gateways.traffic.removeEndpoint({ groupArn, site }, await attempt.sending());
  return `RemoveEndpoints accepted for ${site}, which is lost`;
};

/**
 * Takes a backup location offline for all caches of one site. Offline already stays so.
 * Failure codes: the Infinispan codes, those of `attempt.sending`.
 */
export const takeBackupOffline: Effect<'takeBackupOffline'> = async ({ pair, gateways }, command, attempt) => {
  const { onSite, backupSite } = command;
  const replication = replicationBetween({ pair, gateways }, onSite, backupSite);
  const caches = await replication.takeBackupOffline(backupSite, await attempt.sending());
  return `ok for ${caches.length} caches: ${caches.join(', ')}`;
};

/**
 * Cancels the pushes from one site to the other. None under way already is success.
 * Failure codes: the Infinispan codes, those of `attempt.sending`.
 */
export const cancelPush: Effect<'cancelPush'> = async ({ pair, gateways }, command, attempt) => {
  const { fromSite, toSite, caches } = command;
  const replication = replicationBetween({ pair, gateways }, fromSite, toSite);
  await replication.cancelPush(toSite, caches, await attempt.sending());
  return `no push of ${caches.join(', ')} is sent to ${toSite}`;
};

/**
 * Stops the application of one site. Stopped already is success.
 * Failure codes: `WorkloadManual` where nothing is configured to do it, the Workload codes, those of `attempt.sending`.
 */
export const stopApplication: Effect<'stopApplication'> = async (configured, { site }, attempt) =>
  workloadOf(configured, site).stop(await attempt.sending());

/** The kept site's health URL, which counts while its endpoint is INITIAL; silence is no 200. */
async function probeHealth(
  { gateways }: ConfiguredPair,
  site: SiteName,
  signal: AbortSignal,
): Promise<number | undefined> {
  return gateways.health[site]?.probe(signal).catch(() => undefined);
}
