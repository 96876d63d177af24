import type { Command } from '../domain/command';
import { groupObstacle } from '../domain/eligibility';
import { OperatingFailure } from '../domain/failure-types';
import { otherSite, type SiteName } from '../domain/site-pair';
import { isServedBy } from '../domain/traffic';
import type { Attempt } from './attempt';
import type { ConfiguredPair } from './dependencies';

/**
 * What one kind of command does to the world: one call, made once. It resolves to what the other side said, in one line;
 * that proves nothing, only a later read does. All are safe to repeat.
 */
export type Effect<Kind extends Command['kind']> = (
  configured: ConfiguredPair,
  command: Extract<Command, { kind: Kind }>,
  attempt: Attempt,
) => Promise<string>;

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
  const replication = gateways.replication[onSite];
  if (!replication || otherSite(pair, onSite) !== backupSite) {
    throw new Error(`${onSite} does not back up to ${backupSite}`);
  }
  const caches = await replication.takeBackupOffline(backupSite, await attempt.sending());
  return `ok for ${caches.length} caches: ${caches.join(', ')}`;
};

/**
 * Adds one endpoint to one group with the settings given. Present already is success.
 * Failure codes: the Traffic codes, those of `attempt.sending`.
 */
export const addEndpoint: Effect<'addEndpoint'> = async ({ gateways }, command, attempt) => {
  const { groupArn, site, settings } = command;
  await gateways.traffic.addEndpoint({ groupArn, site, settings }, await attempt.sending());
  return `AddEndpoints accepted for ${site}, weight ${settings.weight}`;
};

/** The effect of any command. */
export function effectOf(configured: ConfiguredPair, command: Command, attempt: Attempt): Promise<string> {
  switch (command.kind) {
    case 'removeEndpoint':
      return removeEndpoint(configured, command, attempt);
    case 'removeLostEndpoint':
      return removeLostEndpoint(configured, command, attempt);
    case 'takeBackupOffline':
      return takeBackupOffline(configured, command, attempt);
    case 'addEndpoint':
      return addEndpoint(configured, command, attempt);
  }
}

/** The kept site's health URL, which counts while its endpoint is INITIAL; silence is no 200. */
async function probeHealth(
  { gateways }: ConfiguredPair,
  site: SiteName,
  signal: AbortSignal,
): Promise<number | undefined> {
  return gateways.health[site]?.probe(signal).catch(() => undefined);
}
