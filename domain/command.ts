import type { EndpointSettings, SiteName } from './site-pair';

/** One effect on the world. An activity carries it out and makes no choice of its own. */
export type Command =
  | { kind: 'removeEndpoint'; groupArn: string; site: SiteName; keepSite: SiteName }
  /** Takes out a kept site that is lost, so that the stale one can serve in its place, by a person's decision. */
  | { kind: 'removeLostEndpoint'; groupArn: string; site: SiteName; plan: string; evenIfHealthy: boolean }
  | { kind: 'addEndpoint'; groupArn: string; site: SiteName; settings: EndpointSettings }
  | { kind: 'takeBackupOffline'; onSite: SiteName; backupSite: SiteName };

export type CommandKind = Command['kind'];

/** Names what a command is about, so that its failures and its last acceptance can be kept apart from another's. */
export function commandKey(command: Command): string {
  switch (command.kind) {
    case 'removeEndpoint':
    case 'removeLostEndpoint':
    case 'addEndpoint':
      return `${command.kind}/${command.site}/${command.groupArn}`;
    case 'takeBackupOffline':
      return `${command.kind}/${command.backupSite}/on/${command.onSite}`;
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
  }
}

/** The last part of an endpoint group's ARN: enough to tell the groups of one accelerator apart. */
export function shortGroup(groupArn: string): string {
  return groupArn.slice(groupArn.lastIndexOf('/') + 1);
}

/** True when the command sends clients to a site again; such commands run on the restore queue only. */
export function restores(command: Command): boolean {
  return command.kind === 'addEndpoint';
}
