import type { Observation } from '../../../domain/observation';
import { rolesForRequest, rolesForSplit } from '../../../domain/roles';
import type { SitePair } from '../../../domain/site-pair';
import { newRunState, type RunState } from '../../../domain/state';
import { verdictOf } from '../../../domain/verdict';
import { fine, now, observed, pair, type Seen } from '../../support/observations';
import { heardAlert, protecting, split } from '../../support/run-states';

const noPreference: SitePair = { ...pair, policy: { ...pair.policy, preferredSite: undefined } };
const sick = { ...split.a, endpoint: { health: 'UNHEALTHY' } } as const;

function choose(
  seen: Seen | Observation,
  { of = pair, state = protecting() }: { of?: SitePair; state?: RunState } = {},
) {
  const observation = 'sites' in seen ? seen : observed(seen);
  return rolesForSplit(of, state, observation, verdictOf(of, observation));
}

describe('roles that follow from what is read', () => {
  it.each<[string, Seen, string, string]>([
    ['only one site can be kept', { a: sick, b: split.b }, 'site-b', 'only site-b can be kept'],
    ['both can: the preferred one', split, 'site-a', 'site-a is preferred'],
    [
      'both can: the one that already writes alone, even against the preference',
      { a: split.a, b: { ...split.b, backup: 'offline' } },
      'site-b',
      'site-b already writes without its rival',
    ],
    [
      'both write alone: the preferred one',
      { a: { ...split.a, backup: 'offline' }, b: { ...split.b, backup: 'offline' } },
      'site-a',
      'site-a is preferred',
    ],
    [
      'only one is admitted',
      { a: { ...split.a, endpoint: undefined }, b: { ...split.b, backup: 'offline' } },
      'site-b',
      'only site-b can be kept',
    ],
  ])('%s', (_case, seen, keepSite, because) => {
    const choice = choose(seen);

    const staleSite = keepSite === 'site-a' ? 'site-b' : 'site-a';
    expect(choice).toEqual({ roles: { keepSite, staleSite, because: expect.stringContaining(because) } });
  });

  it('keep the reporter that was heard first where no site is preferred', () => {
    const state = protecting();
    const alerts = {
      elsewhere: heardAlert('site-x', { order: 0 }),
      second: heardAlert('site-a', { order: 2 }),
      first: heardAlert('site-b', { order: 1 }),
    };

    const choice = choose(split, { of: noPreference, state: { ...state, heard: { ...state.heard, alerts } } });

    expect(choice).toMatchObject({ roles: { keepSite: 'site-b', because: expect.stringContaining('heard first') } });
  });

  it('cannot be said when both can be kept, none is preferred and nobody reported', () => {
    const state = newRunState({ pair: pair.name, goal: 'protect', incident: 'incident-1', startedAt: now });

    expect(choose(split, { of: noPreference, state })).toMatchObject({ refusal: { code: 'KeepSiteUndecided' } });
  });

  it('cannot be said when the reporter itself is unhealthy', () => {
    const seen = { a: sick, b: { ...split.b, endpoint: { health: 'UNHEALTHY' } } } as const;

    expect(choose(seen)).toMatchObject({ refusal: { code: 'ReporterUnhealthy' }, passing: false });
  });

  it("cannot be said when none can be kept: the reporter's obstacle is told", () => {
    const seen = { a: { ...split.a, backup: undefined }, b: { ...split.b, backups: {} } };

    const ofReporter = choose(seen, { state: protecting('site-b') });
    const ofFirst = choose(seen, { state: protecting('site-x') });

    expect(ofReporter).toMatchObject({
      refusal: { code: 'KeepSiteNotAdministrable', message: expect.stringContaining("site-b's") },
      passing: true,
    });
    expect(ofFirst).toMatchObject({ refusal: { message: expect.stringContaining("site-a's") } });
  });

  it('cannot be said while Global Accelerator is unread', () => {
    expect(choose({ ...split, trafficUnread: true })).toMatchObject({
      refusal: { code: 'TrafficUnknown' },
      passing: true,
    });
  });

  it('never keep a site that is out of traffic', () => {
    const seen = { a: { ...split.a, endpoint: undefined }, b: { ...split.b, backup: undefined } };

    expect(choose(seen)).toMatchObject({
      refusal: { code: 'KeepSiteNotAdministrable', message: expect.stringContaining("site-b's") },
      passing: true,
    });
  });
});

describe('roles that a person fixed', () => {
  it('keep the other site', () => {
    expect(rolesForRequest(observed(), pair, 'site-a', 'somebody')).toEqual({
      roles: { keepSite: 'site-b', staleSite: 'site-a', because: 'somebody asked to fence site-a' },
    });
  });

  it('are refused for a site that the pair does not have', () => {
    expect(rolesForRequest(observed(), pair, 'site-x', 'somebody')).toMatchObject({
      refusal: { code: 'SiteUnknown', message: 'keycloak-prod has no site "site-x"; it has site-a and site-b.' },
      passing: false,
    });
  });

  it.each<[string, Seen, boolean]>([
    ['definite', { a: { ...fine, endpoint: { weight: 0 } } }, false],
    ['passing', { trafficUnread: true }, true],
  ])('are refused while the other site cannot be kept: %s', (_case, seen, passing) => {
    expect(rolesForRequest(observed(seen), pair, 'site-b', 'somebody')).toMatchObject({ passing });
  });
});
