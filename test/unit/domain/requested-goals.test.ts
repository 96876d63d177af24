import { rolesForWay, wayRefusal, type WayChoice, type WayGoal } from '../../../domain/requested-goals';
import type { RunState } from '../../../domain/state';
import type { HeardRequest } from '../../../domain/heard';
import { newRunState } from '../../../domain/state';
import { verdictOf } from '../../../domain/verdict';
import { fine, now, observed, pair, type Seen } from '../../support/observations';
import { fenced, latched, protecting, split } from '../../support/run-states';

const out = { ...fine, endpoint: undefined };

function asked(goal: WayGoal, site?: string): HeardRequest & { goal: WayGoal } {
  return { id: 'request-1', goal, site, by: 'somebody', reason: 'a test', at: now };
}

function choiceOf(goal: WayGoal, seen: Seen, site?: string): WayChoice {
  const state = newRunState({ pair: pair.name, goal, incident: 'incident-1', startedAt: now });
  const observation = observed(seen);
  return rolesForWay({ pair, state, observation, verdict: verdictOf(pair, observation) }, asked(goal, site));
}

function choose(goal: WayGoal, seen: Seen, site?: string) {
  const choice = choiceOf(goal, seen, site);
  if ('refusal' in choice) return `${choice.refusal.code}${choice.passing ? ', may pass' : ''}`;
  return `${choice.planned ?? 'fence'}: keep ${choice.roles.keepSite}, ${choice.roles.because}`;
}

describe('a request for the way back', () => {
  it.each<[string, WayGoal, Seen, string | undefined, string]>([
    ['while the traffic is unread', 'synchronize', { trafficUnread: true }, undefined, 'TrafficUnknown, may pass'],
    [
      'while a replication is unread',
      'synchronize',
      { b: { ...out, backup: undefined } },
      undefined,
      'ReplicationUnknown, may pass',
    ],
    ['of a pair that is whole', 'synchronize', {}, undefined, 'NotFenced'],
    [
      'of a fenced pair',
      'synchronize',
      { a: { ...fine, backup: 'offline' }, b: out },
      undefined,
      'fence: keep site-a, somebody asked to synchronize site-b',
    ],
    [
      'of a pair that replicates, with one site out',
      'synchronize',
      { b: out },
      undefined,
      'fence: keep site-a, somebody asked to synchronize site-b',
    ],
    [
      'whose only site in traffic is sick',
      'synchronize',
      { a: { ...fine, backup: undefined, backups: {} }, b: out },
      undefined,
      'KeepSiteNotAdministrable',
    ],
    ['without a site', 'siteOnline', {}, undefined, 'SiteUnknown'],
    ['with a site that is none of the pair', 'siteOnline', {}, 'site-c', 'SiteUnknown'],
    ['of a site that serves', 'siteOnline', {}, 'site-b', 'SiteServes'],
    ['while neither site serves', 'siteOnline', { a: out, b: out }, 'site-b', 'NoEligibleSite'],
    [
      'of a site that is detached',
      'siteOnline',
      { a: { ...fine, backup: 'offline' }, b: out },
      'site-b',
      'NotSynchronized',
    ],
    ['in a split', 'siteOnline', { a: split.a, b: { ...out, sees: false } }, 'site-b', 'SplitOpen'],
    [
      'while a view is unread',
      'siteOnline',
      { a: fine, b: { ...out, sees: undefined } },
      'site-b',
      'SplitOpen, may pass',
    ],
    [
      'of a site that is out',
      'siteOnline',
      { b: out },
      'site-b',
      'online: keep site-a, somebody asked to bring site-b back',
    ],
    ['of a pair that is whole', 'siteOffline', {}, 'site-b', 'offline: keep site-a, somebody asked to take site-b out'],
    ['in a split', 'siteOffline', split, 'site-b', 'SplitOpen'],
    ['of a pair of which one site is out', 'siteOffline', { b: out }, 'site-b', 'NotHealthy'],
    ['while a view is unread', 'siteOffline', { b: { ...fine, sees: undefined } }, 'site-b', 'NotHealthy, may pass'],
  ])('%s, for %s, is followed or refused as things are read', (_case, goal, seen, site, said) => {
    expect(choose(goal, seen, site)).toBe(said);
  });
});

describe('a planned exit in a split', () => {
  it('does not have whoever asked fence the site that they named, which may be the only one that serves', () => {
    const choice = choiceOf('siteOffline', split, 'site-a');
    const message = 'refusal' in choice ? choice.refusal.message : '';

    expect(message).toContain('sitewarden fence keycloak-prod --site <the one to leave>');
    expect(message).not.toContain('--site site-a');
  });
});

describe('a request that comes while a run is open', () => {
  const inPhase = (phase: RunState['known']['phase']): RunState => fenced(protecting(), { phase });

  it.each<[string, RunState, WayGoal, string | undefined, string | undefined]>([
    ['a site offline waits for another run', fenced(protecting()), 'siteOffline', 'site-b', 'RunOpen'],
    ['a site online without a site is asked which', fenced(protecting()), 'siteOnline', undefined, 'SiteUnknown'],
    ['a synchronize of a run without roles', protecting(), 'synchronize', undefined, 'NotFenced'],
    ['a site online of a run without roles', protecting(), 'siteOnline', 'site-b', 'NotSynchronized'],
    ['a synchronize joins a run with roles', latched(protecting()), 'synchronize', undefined, undefined],
    ['a site online of the kept site', inPhase('synchronized'), 'siteOnline', 'site-a', 'SiteServes'],
    ['a site online before it is synchronized', inPhase('pushing'), 'siteOnline', 'site-b', 'NotSynchronized'],
    ['a site online of a synchronized site joins', inPhase('synchronized'), 'siteOnline', 'site-b', undefined],
  ])('%s', (_case, state, goal, site, code) => {
    expect(wayRefusal(state, asked(goal, site))?.code).toBe(code);
  });

  it('is never refused where it is what the run was started for', () => {
    const state = newRunState({ pair: pair.name, goal: 'siteOffline', incident: 'incident-1', startedAt: now });

    expect(wayRefusal(state, asked('siteOffline', 'site-b'))).toBeUndefined();
  });
});
