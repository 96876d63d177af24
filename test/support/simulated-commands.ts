/** What a command does to the simulated sites, and what it looks at itself right before it does it. */
import { restores, type Command } from '../../domain/command';
import type { Comparison } from '../../domain/comparison';
import { groupObstacle } from '../../domain/eligibility';
import type { FailureType } from '../../domain/failure-types';
import { startToleranceMs } from '../../domain/starts';
import type { WorkloadKind } from '../../domain/site-pair';
import { rivalOf, type SimulatedReplication, type SimulatedSite } from './simulated-replication';
import type { SimulatedTraffic } from './simulated-traffic';

/** The command's text names sites by any name; here there are two. */
export const simulated = (site: string): SimulatedSite => site as SimulatedSite;

interface Place {
  traffic: SimulatedTraffic;
  replication: SimulatedReplication;
  workload: WorkloadKind;
  answers(site: SimulatedSite): boolean;
  switchTo(site: SimulatedSite, on: boolean): void;
}

/** The site whose Infinispan has to answer for the command. */
export function askedOf(command: Command): SimulatedSite | undefined {
  if ('onSite' in command) return simulated(command.onSite);
  if ('fromSite' in command) return simulated(command.fromSite);
  return command.kind === 'emptySite' ? simulated(command.site) : undefined;
}

/** What the command reads once more, immediately before it sends; a failure says that nothing was sent. */
export function obstacle(
  command: Command,
  { traffic, replication, workload, answers }: Place,
): FailureType | undefined {
  switch (command.kind) {
    case 'removeEndpoint': {
      const group = traffic.read().find(({ arn }) => arn === command.groupArn);
      const { up, applicationRuns } = replication.sites[simulated(command.keepSite)];
      const health = up && applicationRuns ? 200 : undefined;
      const last = !group || groupObstacle(group, { keepSite: command.keepSite, staleSite: command.site }, health);
      return last ? 'LastEndpointGuard' : undefined;
    }
    case 'removeLostEndpoint': {
      const endpoint = traffic.groupNamed(command.groupArn)?.endpoints.get(command.site);
      const well = !command.evenIfHealthy && endpoint !== undefined && endpoint.health !== 'UNHEALTHY';
      return well ? 'LostSiteServes' : undefined;
    }
    case 'emptySite': {
      if (traffic.endpointsOf(command.site).length > 0) return 'SiteStillAdmitted';
      if (!answers(simulated(command.keepSite))) return 'InfinispanUnreachable';
      const { startedAt } = replication.sites[simulated(command.keepSite)];
      if (startedAt - command.keepSiteStartedAt > startToleranceMs) return 'KeepSiteRestarted';
      return replication.isDetached(simulated(command.site)) ? undefined : 'KeepSiteStillOnline';
    }
    case 'fenceByDevice': {
      const { keepSite, site: staleSite } = command;
      const { up, applicationRuns } = replication.sites[simulated(keepSite)];
      const holding = traffic.read().filter(({ endpoints }) => endpoints.some(({ site }) => site === staleSite));
      const last = holding.some((group) =>
        groupObstacle(group, { keepSite, staleSite }, up && applicationRuns ? 200 : undefined),
      );
      return last ? 'LastEndpointGuard' : undefined;
    }
    case 'unfenceByDevice':
    case 'refreshApplication':
      return undefined;
    case 'stopApplication':
    case 'startApplication':
      return workload === 'manual' || workload === 'none' ? 'WorkloadManual' : undefined;
    case 'addEndpoint':
    case 'takeBackupOffline':
    case 'bringBackupOnline':
    case 'cancelPush':
    case 'startPush':
    case 'compareSites':
      return undefined;
  }
}

/** @returns why not all of it was done, if so. */
export function takeEffect(command: Command, place: Place, staleSite: SimulatedSite | undefined) {
  const { traffic, replication } = place;
  const asked = askedOf(command);
  if (asked && !replication.sites[asked].up) return undefined;
  switch (command.kind) {
    case 'removeEndpoint':
      return traffic.remove(command.groupArn, command.site);
    case 'removeLostEndpoint':
      traffic.groupNamed(command.groupArn)?.endpoints.delete(command.site);
      return undefined;
    case 'addEndpoint':
      return traffic.add(command.groupArn, command.site);
    case 'takeBackupOffline': {
      const onSite = simulated(command.onSite);
      if (!replication.isDetached(onSite)) {
        replication.sites[onSite].detachedByUsFor = staleSite ?? simulated(command.backupSite);
      }
      return replication.setBackups(onSite, 'offline', 'sitewarden');
    }
    case 'bringBackupOnline':
      return replication.setBackups(simulated(command.onSite), 'online', 'sitewarden');
    case 'emptySite':
      return replication.empty(simulated(command.site), command.caches);
    case 'cancelPush':
      return replication.cancelPush(simulated(command.fromSite), command.caches);
    case 'startPush':
      return replication.startPush(simulated(command.fromSite), command.caches);
    case 'fenceByDevice':
    case 'unfenceByDevice':
      return place.switchTo(simulated(command.site), command.kind === 'unfenceByDevice');
    case 'stopApplication':
    case 'startApplication':
      replication.sites[simulated(command.site)].applicationRuns = command.kind === 'startApplication';
      return undefined;
    case 'refreshApplication':
      replication.sites[simulated(command.site)].applicationIsOutdated = false;
      return undefined;
    case 'compareSites':
      return undefined;
  }
}

/** The command as it is when it ends before its last cache, or its last call. */
export function halfOf(command: Command): Command | undefined {
  if (command.kind === 'compareSites' || !('caches' in command)) return undefined;
  return { ...command, caches: command.caches.slice(0, 1) };
}

/** A comparison that was begun; what it found is known once it has ended. */
export function beginComparison(
  command: Extract<Command, { kind: 'compareSites' }>,
  { replication, answers }: Place,
  now: () => number,
): () => Comparison | FailureType {
  const { keepSite, staleSite, epoch } = command;
  const keep = simulated(keepSite);
  const startsOf = (): number[] => [keep, rivalOf(keep)].map((site) => replication.sites[site].startedAt);
  const before = replication.snapshot();
  const startedAt = now();
  const [keepSiteStartedAt = 0, staleSiteStartedAt = 0] = startsOf();
  return () => {
    if (!answers(keep) || !answers(rivalOf(keep))) return 'InfinispanUnreachable';
    if (startsOf().join() !== [keepSiteStartedAt, staleSiteStartedAt].join()) return 'ComparisonVoid';
    const compared = command.caches.map((cache) => [cache, replication.compare(before, keep, cache)] as const);
    return {
      keepSite,
      staleSite,
      epoch,
      startedAt,
      endedAt: now(),
      keepSiteStartedAt,
      staleSiteStartedAt,
      caches: Object.fromEntries(compared),
    };
  };
}

/** What a failed call of this command is called where nothing more is known. */
export function failureOf(command: Command, how: 'refused' | 'unanswered' | 'noWorker'): FailureType {
  if (how === 'noWorker') return restores(command) ? 'RestoreNotPermitted' : 'NoWorker';
  if (command.kind === 'stopApplication' || command.kind === 'startApplication') return 'WorkloadFailed';
  if (command.kind === 'refreshApplication') return 'KeycloakUnreachable';
  if (command.kind === 'fenceByDevice' || command.kind === 'unfenceByDevice') {
    return how === 'refused' ? 'FenceDeviceNotConfirmed' : 'FenceDeviceTimedOut';
  }
  const isTraffic = 'groupArn' in command;
  if (how === 'refused') return isTraffic ? 'TrafficThrottled' : 'InfinispanFailed';
  return isTraffic ? 'TrafficUnreachable' : 'InfinispanUnreachable';
}
