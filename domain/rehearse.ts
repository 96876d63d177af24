import { assess } from './assess';
import type { Command } from './command';
import { mapReading, type BackupStatus, type Observation, type SiteObservation } from './observation';
import type { Refusal } from './refusals';
import { rolesForRequest } from './roles';
import type { CacheName, SiteName, SitePair } from './site-pair';
import { newRunState, type Roles, type RunState } from './state';
import { seconds, type EpochMs } from './time';

/** What a fence would do, in order, or why it would be refused. */
export type FencePlan = { commands: readonly Command[]; roles: Roles } | { refusal: Refusal };

interface Rehearsing {
  pair: SitePair;
  observation: Observation;
  fence: { site: SiteName; by: string };
  now: EpochMs;
}

/** More rounds than any fence has commands: a rehearsal ends, whatever the rules do. */
const mostRounds = 50;

/**
 * Plays a fence through on what was read, by the same rules that would run it, as if every command took effect at once.
 * Touches nothing.
 */
export function rehearseFence({ pair, observation, fence, now }: Rehearsing): FencePlan {
  const choice = rolesForRequest(observation, pair, fence.site, fence.by);
  if ('refusal' in choice) return { refusal: choice.refusal };
  const request = { id: 'rehearsal', goal: 'fence', ...fence, reason: 'rehearsal', at: now } as const;
  const empty = newRunState({ pair: pair.name, goal: 'fence', incident: 'rehearsal', startedAt: now });
  let state: RunState = { ...empty, heard: { ...empty.heard, requests: [request] } };
  let seen = observation;
  const commands: Command[] = [];
  for (let round = 0; round < mostRounds; round += 1) {
    const { next, remember } = assess({ pair, state, observation: seen, now: now + seconds(round) });
    if (next.kind !== 'do') break;
    state = { ...state, known: { ...state.known, ...remember } };
    commands.push(next.command);
    seen = afterCommand(seen, next.command);
  }
  return { commands, roles: choice.roles };
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
  const siteAfter = (name: SiteName, site: SiteObservation): SiteObservation =>
    name === detached?.onSite ? { ...site, backups: mapReading(site.backups, offline) } : site;
  const after = Object.entries(sites).map(([name, site]) => [name, siteAfter(name, site)] as const);
  return { ...rest, traffic: { ...traffic, groups }, sites: Object.fromEntries(after) };
}
