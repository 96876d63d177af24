import { groupObstacle } from '../domain/eligibility';
import { OperatingFailure } from '../domain/failure-types';
import { otherSite, type SiteName } from '../domain/site-pair';
import { endpointOf } from '../domain/traffic';
import type { ActivityDependencies, ConfiguredPair } from './dependencies';
import { commandActivity } from './run-command';
import type { Activities } from './types';

type FenceCommands = Pick<Activities, 'removeEndpoint' | 'removeLostEndpoint' | 'takeBackupOffline'>;

/** The commands that fence. All are safe to repeat: what is absent or offline already stays so. */
export function createFenceCommands(dependencies: ActivityDependencies): FenceCommands {
  return {
    /**
     * Removes one endpoint from one group, after reading that group once more.
     * Failure codes: `LastEndpointGuard` (nothing was sent), the Traffic codes, `DeadlinePassed`, `AttemptSuperseded`.
     */
    removeEndpoint: commandActivity<'removeEndpoint'>(dependencies, async (configured, command, attempt) => {
      const { groupArn, site, keepSite } = command;
      const { traffic } = configured.gateways;
      const group = await traffic.readGroup(groupArn, attempt.signal);
      const health = await probeHealth(configured, keepSite, attempt.signal);
      const obstacle = groupObstacle(group, { keepSite, staleSite: site }, health);
      if (obstacle) throw new OperatingFailure('LastEndpointGuard', obstacle.message, { retryable: true });
      await traffic.removeEndpoint({ groupArn, site }, await attempt.sending());
      return `RemoveEndpoints accepted for ${site}`;
    }),

    /**
     * Removes a lost site's endpoint from one group, by a person's decision, after reading that group once more.
     * Failure codes: `LostSiteServes` (it is healthy; nothing was sent), the Traffic codes, `DeadlinePassed`,
     * `AttemptSuperseded`.
     */
    removeLostEndpoint: commandActivity<'removeLostEndpoint'>(dependencies, async ({ gateways }, command, attempt) => {
      const { groupArn, site, evenIfHealthy } = command;
      const group = await gateways.traffic.readGroup(groupArn, attempt.signal);
      if (!evenIfHealthy && endpointOf(group, site)?.health === 'HEALTHY') {
        const message = `${site} is healthy in ${group.region}: it is not lost.`;
        throw new OperatingFailure('LostSiteServes', message, { retryable: true });
      }
      await gateways.traffic.removeEndpoint({ groupArn, site }, await attempt.sending());
      return `RemoveEndpoints accepted for ${site}, which is lost`;
    }),

    /**
     * Takes a backup location offline for all caches of one site.
     * Failure codes: the Infinispan codes, `DeadlinePassed`, `AttemptSuperseded`.
     */
    takeBackupOffline: commandActivity<'takeBackupOffline'>(dependencies, async (configured, command, attempt) => {
      const { onSite, backupSite } = command;
      const replication = configured.gateways.replication[onSite];
      if (!replication || otherSite(configured.pair, onSite) !== backupSite) {
        throw new Error(`${onSite} does not back up to ${backupSite}`);
      }
      const caches = await replication.takeBackupOffline(backupSite, await attempt.sending());
      return `ok for ${caches.length} caches: ${caches.join(', ')}`;
    }),
  };
}

/** The kept site's health URL, which counts while its endpoint is INITIAL; silence is no 200. */
async function probeHealth(
  { gateways }: ConfiguredPair,
  site: SiteName,
  signal: AbortSignal,
): Promise<number | undefined> {
  return gateways.health[site]?.probe(signal).catch(() => undefined);
}
