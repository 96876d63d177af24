import { assess } from './assess';
import type { Command } from './command';
import { known, type Observation } from './observation';
import type { Refusal } from './refusals';
import type { SiteName, SitePair } from './site-pair';
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
  const request = {
    id: 'rehearsal',
    goal: 'fence',
    site: fence.site,
    by: fence.by,
    reason: 'rehearsal',
    at: now,
  } as const;
  const empty = newRunState({ pair: pair.name, goal: 'fence', incident: 'rehearsal', startedAt: now });
  let state: RunState = { ...empty, heard: { ...empty.heard, requests: [request] } };
  let seen = observation;
  const commands: Command[] = [];
  for (let round = 0; round < mostRounds; round += 1) {
    const { next, remember } = assess({ pair, state, observation: seen, now: now + seconds(round) });
    state = { ...state, known: remember ?? state.known };
    if (next.kind !== 'do') {
      const refusal = next.kind === 'refuse' || next.kind === 'finish' ? next.refusal : undefined;
      if (refusal) return { refusal };
      break;
    }
    commands.push(next.command);
    seen = afterCommand(seen, next.command);
  }
  if (!state.known.roles) throw new Error('a rehearsed fence neither chose roles nor was refused');
  return { commands, roles: state.known.roles };
}

/** The world as it would read once the command took effect. */
function afterCommand(observation: Observation, command: Command): Observation {
  if (command.kind === 'takeBackupOffline') {
    const site = observation.sites[command.onSite];
    if (!site || !known(site.backups)) return observation;
    const offline = Object.fromEntries(Object.keys(site.backups.value).map((cache) => [cache, 'offline' as const]));
    const backups = { value: offline, at: site.backups.at };
    return { ...observation, sites: { ...observation.sites, [command.onSite]: { ...site, backups } } };
  }
  const { groups } = observation.traffic;
  if (command.kind === 'addEndpoint' || !known(groups)) return observation;
  const value = groups.value.map((group) =>
    group.arn === command.groupArn
      ? { ...group, endpoints: group.endpoints.filter(({ site }) => site !== command.site) }
      : group,
  );
  return { ...observation, traffic: { ...observation.traffic, groups: { value, at: groups.at } } };
}
