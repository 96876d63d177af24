import type { EpochMs } from './time';
import type { CacheName, DeviceName, EndpointSettings, SiteName } from './site-pair';

/** One effect on the world. An activity carries it out and makes no choice of its own. */
export type Command =
  | { kind: 'removeEndpoint'; groupArn: string; site: SiteName; keepSite: SiteName }
  /** Takes out a kept site that is lost, so that the stale one can serve in its place, by a person's decision. */
  | { kind: 'removeLostEndpoint'; groupArn: string; site: SiteName; plan: string; evenIfHealthy: boolean }
  | { kind: 'addEndpoint'; groupArn: string; site: SiteName; settings: EndpointSettings }
  | { kind: 'takeBackupOffline'; onSite: SiteName; backupSite: SiteName }
  /** Has a device cut the site off; it is accepted only once the device itself says so. */
  | { kind: 'fenceByDevice'; device: DeviceName; site: SiteName; keepSite: SiteName }
  /** Has a device let the site run again; it is accepted only once the device itself says so. */
  | { kind: 'unfenceByDevice'; device: DeviceName; site: SiteName }
  | { kind: 'stopApplication'; site: SiteName }
  /** Reads every key and value of both sites; its outcome carries the comparison. Changes nothing. */
  | {
      kind: 'compareSites';
      keepSite: SiteName;
      staleSite: SiteName;
      caches: readonly CacheName[];
      epoch: number;
      /** The stale site holds what was pushed: entries with a lifespan that only it has left are no difference there. */
      afterPush?: boolean;
      /** When every cache was pushed: what was stored on the stale site alone after that is a difference all the same. */
      pushedAt?: EpochMs;
    }
  /** On the stale site: cancels what it still receives, and clears these caches there and only there. */
  | {
      kind: 'emptySite';
      site: SiteName;
      keepSite: SiteName;
      /** As it was decided: a kept site that started since may be empty, and this site the only one that holds anything. */
      keepSiteStartedAt: EpochMs;
      caches: readonly CacheName[];
    }
  | { kind: 'cancelPush'; fromSite: SiteName; toSite: SiteName; caches: readonly CacheName[] }
  /** Clears the status of earlier pushes, then starts one per cache; it brings the backup of each of them online. */
  | { kind: 'startPush'; fromSite: SiteName; toSite: SiteName; caches: readonly CacheName[] }
  | { kind: 'bringBackupOnline'; onSite: SiteName; backupSite: SiteName }
  | { kind: 'startApplication'; site: SiteName }
  /** Makes a running application forget what it holds of the shared database, so that it reads anew what the other site changed. */
  | { kind: 'refreshApplication'; site: SiteName };

export type CommandKind = Command['kind'];

/** Names what a command is about, so that its failures and its last acceptance can be kept apart from another's. */
export function commandKey(command: Command): string {
  switch (command.kind) {
    case 'removeEndpoint':
    case 'removeLostEndpoint':
    case 'addEndpoint':
      return `${command.kind}/${command.site}/${command.groupArn}`;
    case 'takeBackupOffline':
    case 'bringBackupOnline':
      return `${command.kind}/${command.backupSite}/on/${command.onSite}`;
    case 'compareSites':
      return `${command.kind}/${command.keepSite}/${command.staleSite}`;
    case 'fenceByDevice':
    case 'unfenceByDevice':
      return `${command.kind}/${command.site}/${command.device}`;
    case 'stopApplication':
    case 'startApplication':
    case 'refreshApplication':
    case 'emptySite':
      return `${command.kind}/${command.site}`;
    case 'cancelPush':
    case 'startPush':
      return `${command.kind}/${command.fromSite}/${command.toSite}`;
  }
}

/** The line that the Temporal UI's timeline shows for the command. */
export function describeCommand(command: Command): string {
  switch (command.kind) {
    case 'removeEndpoint':
      return `remove ${command.site} from Global Accelerator (${shortGroup(command.groupArn)}); ${command.keepSite} stays`;
    case 'removeLostEndpoint':
      return `remove ${command.site}, which is lost, from Global Accelerator (${shortGroup(command.groupArn)}) by decision ${command.plan}`;
    case 'addEndpoint':
      return `add ${command.site} to Global Accelerator (${shortGroup(command.groupArn)})`;
    case 'takeBackupOffline':
      return `on ${command.onSite} take the backup to ${command.backupSite} offline`;
    case 'bringBackupOnline':
      return `on ${command.onSite} bring the backup to ${command.backupSite} online`;
    case 'compareSites':
      return `compare every key and value of ${command.keepSite} and ${command.staleSite}`;
    case 'fenceByDevice':
      return `switch ${command.site} off by the fence device ${command.device}; ${command.keepSite} stays`;
    case 'unfenceByDevice':
      return `switch ${command.site} on again by the fence device ${command.device}`;
    case 'stopApplication':
      return `stop the application of ${command.site}`;
    case 'startApplication':
      return `start the application of ${command.site}`;
    case 'refreshApplication':
      return `have the application of ${command.site} read anew what the other site changed`;
    case 'emptySite':
      return `empty ${command.caches.length} caches of ${command.site}, and of no other site`;
    case 'cancelPush':
      return `on ${command.fromSite} cancel the push to ${command.toSite}`;
    case 'startPush':
      return `on ${command.fromSite} push ${command.caches.length} caches to ${command.toSite}`;
  }
}

/** The last part of an endpoint group's ARN: enough to tell the groups of one accelerator apart. */
export function shortGroup(groupArn: string): string {
  return groupArn.slice(groupArn.lastIndexOf('/') + 1);
}

const restoring: ReadonlySet<CommandKind> = new Set<CommandKind>([
  'addEndpoint',
  'emptySite',
  'startPush',
  'bringBackupOnline',
  'unfenceByDevice',
  'startApplication',
  'refreshApplication',
]);

/** True when the command leads towards two serving sites again; such commands run on the restore queue only. */
export function restores(command: Command): boolean {
  return restoring.has(command.kind);
}

const long: ReadonlySet<CommandKind> = new Set<CommandKind>([
  'compareSites',
  'fenceByDevice',
  'unfenceByDevice',
  'stopApplication',
  'startApplication',
  'refreshApplication',
]);

/** True when the command may take minutes: it runs beside the loop, so that the guard goes on meanwhile. */
export function runsLong(command: Command): boolean {
  return long.has(command.kind);
}
