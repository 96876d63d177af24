import { latchRoles } from '../../domain/latch';
import { learn } from '../../domain/learn';
import type { Observation } from '../../domain/observation';
import { newRunState, type GroupMemory, type Known, type RunState } from '../../domain/state';
import type { HeardAlert } from '../../domain/heard';
import { fine, groupArn, now, observed, pair } from './observations';

export function heardAlert(reporter: string, overrides: Partial<HeardAlert> = {}): HeardAlert {
  return {
    fingerprint: `fingerprint-${reporter}`,
    status: 'firing',
    alertname: 'SiteOffline',
    site: reporter === 'site-a' ? 'site-b' : 'site-a',
    reporter,
    startsAt: '2026-11-22T03:12:01Z',
    order: 0,
    firstHeardAt: now - 1_000,
    lastHeardAt: now - 1_000,
    timesHeard: 1,
    ...overrides,
  };
}

/** A run that an alert of `reporter` started a second ago. */
export function protecting(reporter = 'site-a', overrides: Partial<HeardAlert> = {}): RunState {
  const state = newRunState({ pair: pair.name, goal: 'protect', incident: 'incident-1', startedAt: now - 1_000 });
  const alert = heardAlert(reporter, overrides);
  return { ...state, heard: { ...state.heard, alerts: { [alert.fingerprint]: alert } } };
}

/** A run that a person started a second ago to fence `site`. */
export function fencing(site: string): RunState {
  const state = newRunState({ pair: pair.name, goal: 'fence', incident: 'incident-1', startedAt: now - 1_000 });
  const request = { id: 'request-1', goal: 'fence', site, by: 'somebody', reason: 'a test', at: now - 1_000 } as const;
  return { ...state, heard: { ...state.heard, requests: [request] } };
}

/** The run once it has decided to keep site-a; `part` says how far it got. */
export function latched(state: RunState, part: Partial<Known> = {}, observation: Observation = observed()): RunState {
  const roles = { keepSite: 'site-a', staleSite: 'site-b', because: 'a test' };
  const known = latchRoles(state.known, roles, observation, now - 900);
  return { ...state, known: { ...known, adopted: false, ...part } };
}

const requested: GroupMemory = {
  dial: 100,
  endpoints: [{ site: 'site-b', endpointId: 'arn:site-b', weight: 77, health: 'HEALTHY', clientIpPreservation: true }],
  removalRequestedAt: now - 800,
};

/** Site-b was removed by this run and read absent; nothing is detached. */
export function removed(state: RunState, part: Partial<Known> = {}): RunState {
  const memory: GroupMemory = {
    ...requested,
    removedByUs: true,
    absentReadAt: now - 700,
    drainUntil: now - 700 + 340_000,
  };
  return latched(state, { groups: { [groupArn]: memory }, ...part });
}

/** Site-b was removed and detached: a fence that was proved. */
export function fenced(state: RunState, part: Partial<Known> = {}): RunState {
  const at = { detachRequestedAt: now - 600, detachedAt: now - 500, allDetachedSince: now - 500 };
  return removed(state, {
    ...at,
    phase: 'fenced',
    fencedAt: now - 500,
    fenceProved: true,
    provedSince: now - 500,
    ...part,
  });
}

/** What the observation teaches, merged into the state: as the loop does between two rounds. */
export function taught(state: RunState, observation: Observation, at = now): RunState {
  return { ...state, known: learn({ pair, state, observation, now: at }) };
}

/** Both sites answer, neither sees the other. */
export const split = { a: { ...fine, sees: false }, b: { ...fine, sees: false } } as const;
