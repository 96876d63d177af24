import { couldServe } from '../../../domain/eligibility';
import { keepSiteObstacle } from '../../../domain/eligibility';
import { healthNote } from '../../../domain/health-note';
import { verdictOf } from '../../../domain/verdict';
import { whatIsTrue } from '../../../domain/what-is-true';
import { fine, observed, pair, type SeenSite } from '../../support/observations';

/** As a Keycloak answers: 200 in a split too; 503 within milliseconds when its own Infinispan is down; nothing when it is gone. */
const answers = [200, 503, undefined];
const sights = [true, false, undefined];
const splitSite: SeenSite = { ...fine, sees: false };

describe('a health check as evidence', () => {
  it.each(sights.flatMap((a) => sights.map((b) => [a, b] as const)))(
    'site-a sees %s, site-b sees %s: no answer of a health URL changes the verdict',
    (aSees, bSees) => {
      const verdicts = answers.flatMap((ofA) =>
        answers.map((ofB) => {
          const seen = { a: { ...fine, sees: aSees, health: ofA }, b: { ...fine, sees: bSees, health: ofB } };
          return JSON.stringify(verdictOf(pair, observed(seen)));
        }),
      );

      expect(new Set(verdicts).size).toBe(1);
    },
  );

  it('200 on both sides of a split: a partition all the same, and it is said what the 200 is worth', () => {
    const observation = observed({ a: splitSite, b: splitSite });

    expect(verdictOf(pair, observation).kind).toBe('partition');
    expect(healthNote(pair, observation)).toBe('health 200 of site-a and site-b says nothing about the link');
    expect(whatIsTrue(pair, observation)).toMatch(/; health 200 of site-a and site-b says nothing about the link\.$/);
  });

  it('of a site that answers 503 nothing is said but of the other one', () => {
    const observation = observed({ a: splitSite, b: { ...splitSite, health: 503 } });

    expect(healthNote(pair, observation)).toBe('health 200 of site-a says nothing about the link');
  });

  it('where the link is not known it is said as well', () => {
    expect(healthNote(pair, observed({ a: { ...fine, sees: undefined } }))).toMatch(/says nothing about the link/);
  });

  it.each([
    ['the link is whole', observed({})],
    ['no health URL said 200', observed({ a: { ...splitSite, health: 503 }, b: { ...splitSite, health: undefined } })],
  ])('nothing is to be said where %s', (_when, observation) => {
    expect(healthNote(pair, observation)).toBeUndefined();
  });

  it('503 is not ready: such a site could not serve, and is not kept while its endpoint is INITIAL', () => {
    const ofB = (health: number) =>
      observed({ b: { ...fine, sees: undefined, backup: 'online', endpoint: { health: 'INITIAL' }, health } });
    const roles = { keepSite: 'site-b', staleSite: 'site-a' };

    expect([couldServe(ofB(200), 'site-b'), couldServe(ofB(503), 'site-b')]).toEqual([true, false]);
    expect(keepSiteObstacle(ofB(200), roles)).toBeUndefined();
    expect(keepSiteObstacle(ofB(503), roles)?.code).toBe('KeepSiteUnhealthy');
  });
});
