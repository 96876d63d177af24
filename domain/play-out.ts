import type { Assess } from './assess';
import type { Command } from './command';
import { mapReading, type BackupStatus, type Observation, type SiteObservation } from './observation';
import type { CacheName, SiteName } from './site-pair';
import { seconds } from './time';

/** More rounds than any fence has commands: it ends, whatever the rules do. */
const mostRounds = 50;

/**
 * The commands that the rules would give from here, in order, as if each took effect at once. Touches nothing.
 * @param assess The rules, handed in because they themselves play a fence out in shadow mode.
 */
export function playOut(assess: Assess, start: Parameters<Assess>[0]): readonly Command[] {
  const commands: Command[] = [];
  let { state, observation } = start;
  for (let round = 0; round < mostRounds; round += 1) {
    const { next, remember } = assess({ ...start, state, observation, now: start.now + seconds(round) });
    if (next.kind !== 'do' || !fences(next.command)) break;
    state = { ...state, known: { ...state.known, ...remember } };
    commands.push(next.command);
    observation = afterCommand(observation, next.command);
  }
  return commands;
}

/** What comes after the fence is decided on what is read then. */
function fences({ kind }: Command): boolean {
  return kind === 'removeEndpoint' || kind === 'takeBackupOffline' || kind === 'stopApplication';
}

/** The world as it would read once the command took effect. A fence adds nothing, so additions are not played. */
function afterCommand({ traffic, sites, ...rest }: Observation, command: Command): Observation {
  const removed = command.kind === 'removeEndpoint' ? command : undefined;
  const detached = command.kind === 'takeBackupOffline' ? command : undefined;
  const groups = mapReading(traffic.groups, (all) =>
    all.map((group) => ({
      ...group,
      endpoints: group.endpoints.filter(({ site }) => group.arn !== removed?.groupArn || site !== removed.site),
    })),
  );
  const offline = (statuses: Readonly<Record<CacheName, BackupStatus>>) =>
    Object.fromEntries(Object.keys(statuses).map((cache) => [cache, 'offline' as const]));
  const siteAfter = (name: SiteName, site: SiteObservation): SiteObservation => {
    if (command.kind === 'stopApplication' && name === command.site) {
      return { ...site, application: { value: 'stopped', at: rest.at } };
    }
    return name === detached?.onSite ? { ...site, backups: mapReading(site.backups, offline) } : site;
  };
  const after = Object.entries(sites).map(([name, site]) => [name, siteAfter(name, site)] as const);
  return { ...rest, traffic: { ...traffic, groups }, sites: Object.fromEntries(after) };
}
