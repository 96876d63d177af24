import { isPassing, keepSiteObstacle } from '../../../domain/eligibility';
import { fine, observed, unread, type Seen } from '../../support/observations';

const roles = { keepSite: 'site-a', staleSite: 'site-b' };

describe('the site to keep', () => {
  it('has no obstacle when it is present, gets traffic, is healthy and can be administered', () => {
    expect(keepSiteObstacle(observed(), roles)).toBeUndefined();
  });

  it.each<[string, Seen, string, string]>([
    ['traffic unread', { trafficUnread: true }, 'TrafficUnknown', 'could not be read'],
    ['absent from a group that holds the other', { a: { ...fine, endpoint: undefined } }, 'LastEndpoint', 'eu-west-1'],
    [
      'absent everywhere, as is the other',
      { a: { ...fine, endpoint: undefined }, b: { ...fine, endpoint: undefined } },
      'LastEndpoint',
      'site-a has no endpoint',
    ],
    ['weight 0', { a: { ...fine, endpoint: { weight: 0 } } }, 'KeepSiteGetsNoTraffic', 'weight 0'],
    ['dial 0', { dial: 0 }, 'KeepSiteGetsNoTraffic', 'traffic dial of eu-west-1 is 0'],
    ['unhealthy', { a: { ...fine, endpoint: { health: 'UNHEALTHY' } } }, 'KeepSiteUnhealthy', 'UNHEALTHY'],
    ['INITIAL, health URL 503', initial(503), 'KeepSiteUnhealthy', 'INITIAL'],
    ['INITIAL, health URL silent', initial(undefined), 'KeepSiteUnhealthy', 'INITIAL'],
    ['backups unread', { a: { ...fine, backup: undefined } }, 'KeepSiteNotAdministrable', 'InfinispanUnreachable'],
    ['no backup reported', { a: { ...fine, backups: {} } }, 'KeepSiteNotAdministrable', 'no backup location'],
  ])('has an obstacle: %s', (_case, seen, code, message) => {
    expect(keepSiteObstacle(observed(seen), roles)).toEqual({ code, message: expect.stringContaining(message) });
  });

  it('may be INITIAL while its health URL answers 200', () => {
    expect(keepSiteObstacle(observed(initial(200)), roles)).toBeUndefined();
  });

  it('needs no health when the other site is out of traffic already', () => {
    const seen = { a: { ...fine, endpoint: { health: 'UNHEALTHY' } }, b: { ...fine, endpoint: undefined } } as const;

    expect(keepSiteObstacle(observed(seen), roles)).toBeUndefined();
  });

  it('has an obstacle when it was not observed', () => {
    const observation = { ...observed(), sites: {} };

    expect(keepSiteObstacle(observation, roles)?.code).toBe('KeepSiteNotAdministrable');
    expect(isPassing({ code: 'KeepSiteNotAdministrable', message: '' }, observation, 'site-a')).toBe(false);
  });

  it.each<[string, Seen, boolean]>([
    ['traffic unread', { trafficUnread: true }, true],
    ['Infinispan unreachable', { a: { ...fine, backup: undefined } }, true],
    ['no backup reported', { a: { ...fine, backups: {} } }, false],
    ['unhealthy', { a: { ...fine, endpoint: { health: 'UNHEALTHY' } } }, false],
  ])('has an obstacle that a later read may clear by itself: %s', (_case, seen, passing) => {
    const observation = observed(seen);
    const obstacle = keepSiteObstacle(observation, roles);

    expect(obstacle && isPassing(obstacle, observation, 'site-a')).toBe(passing);
  });

  it('is refused for good when our user lacks the ADMIN permission (403)', () => {
    const observation = observed();
    const denied = { ...observation.sites['site-a']!, backups: unread('InfinispanDenied') };
    const without = { ...observation, sites: { ...observation.sites, 'site-a': denied } };

    const obstacle = keepSiteObstacle(without, roles);

    expect(obstacle).toMatchObject({ code: 'KeepSiteNotAdministrable', message: expect.stringContaining('Denied') });
    expect(obstacle && isPassing(obstacle, without, 'site-a')).toBe(false);
  });
});

function initial(health: number | undefined): Seen {
  return { a: { ...fine, endpoint: { health: 'INITIAL' }, health } };
}
