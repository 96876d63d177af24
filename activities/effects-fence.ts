import { groupObstacle } from '../domain/eligibility';
import { OperatingFailure } from '../domain/failure-types';
import type { EndpointGroup } from '../domain/observation';
import type { SiteName } from '../domain/site-pair';
import { groupsHolding, isServedBy } from '../domain/traffic';
import type { ConfiguredPair } from './dependencies';
import { deviceOf, replicationBetween, workloadOf, type Effect } from './effect';
import { timeUp } from '../runtime/time-up';

/** The longest that a command that may take minutes waits for what it reads once more. */
const readAgainMs = 4_000;

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
 * Has a fence device cut a site off, after reading once more that the other one serves. Off already is success; nothing is,
 * before the device itself says so.
 * Failure codes: `LastEndpointGuard` (nothing was sent), the FenceDevice codes, those of `attempt.sending`.
 */
export const fenceByDevice: Effect<'fenceByDevice'> = async (configured, { device, site, keepSite }, attempt) => {
  await assertServes(configured, { keepSite, staleSite: site }, attempt.signal);
  return deviceOf(configured, device, site).off(await attempt.sending());
};

/** By its endpoints; where Global Accelerator cannot be read, by its health URL, and for a site without one by its Infinispan. */
async function assertServes(
  configured: ConfiguredPair,
  roles: { keepSite: SiteName; staleSite: SiteName },
  signal: AbortSignal,
): Promise<void> {
  const { traffic, health, replication } = configured.gateways;
  const { keepSite, staleSite } = roles;
  const soon = AbortSignal.any([signal, timeUp(readAgainMs)]);
  // At the same time: an accelerator that hangs must leave the site its time to answer.
  const [groups, status, view] = await Promise.all([
    traffic.readGroups(soon).catch(() => undefined),
    probeHealth(configured, keepSite, soon),
    replication[keepSite]?.readView(soon).catch(() => undefined),
  ]);
  const answers = health[keepSite] ? status === 200 : view !== undefined;
  const why = groups
    ? unserved(groups, roles, status)
    : answers
      ? undefined
      : `${keepSite} does not answer as healthy.`;
  if (why === undefined) return;
  throw new OperatingFailure('LastEndpointGuard', `${staleSite} is not switched off: ${why}`, { retryable: true });
}

function unserved(
  groups: readonly EndpointGroup[],
  roles: { keepSite: SiteName; staleSite: SiteName },
  health: number | undefined,
): string | undefined {
  const [obstacle] = groupsHolding(groups, roles.staleSite).flatMap(
    (group) => groupObstacle(group, roles, health) ?? [],
  );
  if (obstacle) return obstacle.message;
  return isServedBy(groups, roles.keepSite) ? undefined : `${roles.keepSite} serves in no endpoint group.`;
}

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
