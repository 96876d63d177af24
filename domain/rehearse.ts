import { assess } from './assess';
import type { Command } from './command';
import { fencedUnasked } from './gates';
import type { Observation } from './observation';
import { playOut } from './play-out';
import type { Refusal } from './refusals';
import { rolesForRequest } from './roles';
import type { SiteName, SitePair } from './site-pair';
import { newRunState, type Roles, type RunState } from './state';
import type { EpochMs } from './time';

/** What a fence would do, in order, or why it would be refused. */
export type FencePlan = { commands: readonly Command[]; roles: Roles } | { refusal: Refusal };

interface Rehearsing {
  pair: SitePair;
  observation: Observation;
  fence: { site: SiteName; by: string };
  now: EpochMs;
}

/**
 * Plays a fence through on what was read, by the same rules that would run it, as if every command took effect at once.
 * Touches nothing.
 */
export function rehearseFence({ pair, observation, fence, now }: Rehearsing): FencePlan {
  const choice = rolesForRequest(observation, pair, fence.site, fence.by);
  if ('refusal' in choice) return { refusal: choice.refusal };
  const request = { id: 'rehearsal', goal: 'fence', ...fence, reason: 'rehearsal', at: now } as const;
  const empty = newRunState({ pair: pair.name, goal: 'fence', incident: 'rehearsal', startedAt: now });
  const state: RunState = { ...empty, heard: { ...empty.heard, requests: [request] } };
  // A rehearsal approves nothing, so its plans need no id of their own.
  const acting: SitePair = { ...fencedUnasked(pair), mode: 'act' };
  const commands = playOut(assess, { pair: acting, state, observation, now, digest: String });
  return { commands, roles: choice.roles };
}
