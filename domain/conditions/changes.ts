/** What a run sends to change traffic, and whether anything that it sent may yet take effect. */
import { commandKey, type Command } from '../command';
import type { SiteName } from '../site-pair';
import type { GroupMemory } from '../state';
import { endpointOf, groupsOf } from '../traffic';
import { maySoonShow, unconfirmedCommands, type Situation } from './condition';

type AddEndpoint = Extract<Command, { kind: 'addEndpoint' }>;

/** Puts the stale site back as it was read before its removal; what was recorded wins over the configuration. */
export function addCommand({ known, pair, roles }: Situation, groupArn: string): AddEndpoint {
  const site = roles.staleSite;
  const declared = pair.endpoints[site];
  const recorded = known.groups[groupArn]?.endpoints.find((endpoint) => endpoint.site === site);
  return {
    kind: 'addEndpoint',
    groupArn,
    site,
    settings: {
      weight: recorded?.weight ?? declared?.weight ?? 0,
      clientIpPreservation: recorded?.clientIpPreservation ?? declared?.clientIpPreservation ?? false,
      attachmentArn: declared?.attachmentArn,
    },
  };
}

export function removeCommand({ roles }: Situation, groupArn: string): Command {
  return { kind: 'removeEndpoint', groupArn, site: roles.staleSite, keepSite: roles.keepSite };
}

export function removeLostCommand({ roles, known }: Situation, groupArn: string, evenIfHealthy: boolean): Command {
  return {
    kind: 'removeLostEndpoint',
    groupArn,
    site: roles.keepSite,
    plan: known.admission?.plan ?? '',
    evenIfHealthy,
  };
}

/** Of a group that holds the stale site: whether this run had removed it, and somebody else put it back. */
export function wasPutBackByOthers(memory: GroupMemory | undefined): boolean {
  return memory?.removedByUs === true && memory.putBackByUs !== true;
}

/**
 * Whether the stale site may yet come or go, or a lost kept one go, by something that this run sent. An addition counts
 * although the site is there already: it could land after a later removal, in this run or in the next.
 */
export function trafficMayChange(situation: Situation): boolean {
  const { observation, roles } = situation;
  const unconfirmed = unconfirmedCommands(situation).map(({ command }) => commandKey(command));
  const mayLand = (command: Command): boolean =>
    maySoonShow(situation, command) || unconfirmed.includes(commandKey(command));
  const changing = groupsOf(observation)?.filter((group) => {
    const holds = (site: SiteName): boolean => endpointOf(group, site) !== undefined;
    return (
      mayLand(addCommand(situation, group.arn)) ||
      (holds(roles.staleSite) && mayLand(removeCommand(situation, group.arn))) ||
      (holds(roles.keepSite) && mayLand(removeLostCommand(situation, group.arn, false)))
    );
  });
  return changing !== undefined && changing.length > 0;
}
