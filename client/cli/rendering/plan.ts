import type { Command } from '../../../domain/command';
import { describeCommand, shortGroup } from '../../../domain/command';
import { valueOf, type EndpointGroup, type Observation } from '../../../domain/observation';
import type { FencePlan } from '../../../domain/rehearse';
import type { SiteName } from '../../../domain/site-pair';
import { groupsOf } from '../../../domain/traffic';

/** What a fence would do, step by step; or that nothing would be left to do. */
export function renderPlan({ commands, roles }: Exclude<FencePlan, { refusal: unknown }>, seen: Observation): string {
  const { keepSite, staleSite } = roles;
  if (commands.length === 0)
    return `${staleSite} reads as fenced already: a fence would only guard it, and ${keepSite}.`;
  const steps = commands.map((command, index) => `  ${index + 1}. ${sayStep(command, seen)}`);
  return [`Would fence ${staleSite}, keep ${keepSite}:`, ...steps, `  then guard it until the run is ended.`].join(
    '\n',
  );
}

/** One command as a person would say it, with what it leaves. */
export function sayStep(command: Command, seen: Observation): string {
  switch (command.kind) {
    case 'removeEndpoint': {
      const group = groupsOf(seen)?.find(({ arn }) => arn === command.groupArn);
      const where = `endpoint group ${shortGroup(command.groupArn)}${group ? ` (${group.region})` : ''}`;
      return `remove ${command.site}'s endpoint from ${where}${group ? `; ${sayWhatStays(group, command.site)}` : ''}`;
    }
    case 'removeLostEndpoint':
    case 'fenceByDevice':
    case 'unfenceByDevice':
    case 'stopApplication':
    case 'startApplication':
    case 'refreshApplication':
    case 'compareSites':
      return describeCommand(command);
    case 'emptySite':
      return `empty ${command.site}, and no other site: ${command.caches.join(', ')}`;
    case 'cancelPush':
      return `on ${command.fromSite} cancel the push to ${command.toSite}: ${command.caches.join(', ')}`;
    case 'startPush':
      return `on ${command.fromSite} push to ${command.toSite}: ${command.caches.join(', ')}`;
    case 'addEndpoint':
      return `add ${command.site}'s endpoint to endpoint group ${shortGroup(command.groupArn)}`;
    case 'takeBackupOffline':
    case 'bringBackupOnline':
      return `${describeCommand(command)}: ${sayCachesWithBackup(command.onSite, seen)}`;
  }
}

function sayCachesWithBackup(onSite: SiteName, seen: Observation): string {
  const site = seen.sites[onSite];
  const caches = Object.keys((site && valueOf(site.backups)) ?? {}).sort();
  return caches.length > 0 ? caches.join(', ') : 'every cache that it reports';
}

function sayWhatStays({ endpoints }: EndpointGroup, removed: string): string {
  const staying = endpoints.filter(({ site }) => site !== removed);
  const named = staying.map(({ site, endpointId, health }) => `${site ?? endpointId}, ${health.toLowerCase()}`);
  return `${staying.length} ${staying.length === 1 ? 'endpoint stays' : 'endpoints stay'}: ${named.join('; ')}`;
}
