import type { FailureType } from '../../../../domain/failure-types';
import { credentialFindings } from '../../../../domain/readiness/credentials';
import type { SitePair } from '../../../../domain/site-pair';
import { fine, pair as usual, read, unread } from '../../../support/observations';
import { facts, observing } from './facts';

const pair: SitePair = { ...usual, workloads: { 'site-a': 'keycloak', 'site-b': 'keycloak' } };

describe('readiness: credentials', () => {
  it('are ready where they were accepted, though something else could not be read', () => {
    const { sites, observation } = facts();
    const blind = { ...observation.sites['site-a']!, view: unread('InfinispanNotARelay') };

    expect(credentialFindings(pair, facts())).toEqual([]);
    expect(credentialFindings(pair, observing({ sites: { ...observation.sites, 'site-a': blind } }))).toEqual([]);
    expect(sites).toBeDefined();
  });

  it.each<FailureType>([
    'InfinispanUnauthorized',
    'InfinispanDenied',
    'InfinispanUntrusted',
    'InfinispanAnswersAsAnotherSite',
    'SecretUnavailable',
    'SecretMalformed',
  ])('%s at one site is told once, with what to do, however many reads say it', (why) => {
    const { observation, sites } = facts();
    const refused = { ...observation.sites['site-b']!, backups: unread(why), sizes: unread(why) };
    const seen = observing({ sites: { ...observation.sites, 'site-b': refused } });

    const [finding, ...others] = credentialFindings(pair, { ...seen, sites });

    expect(others).toEqual([]);
    expect(finding?.what).toMatch(new RegExp(`^the Infinispan of site-b: .*[^.] \\(${why}\\)$`));
    expect(finding?.consequence).toContain('site-b cannot be kept');
    expect(finding?.fix).not.toBe('');
  });

  it('AWS that refuses the worker: no site could be fenced', () => {
    const traffic = { status: unread('TrafficDenied'), groups: unread('TrafficDenied') };

    expect(credentialFindings(pair, observing({ traffic }))).toEqual([
      {
        what: 'Global Accelerator: AWS refused our credentials, or they lack the right to this call (TrafficDenied)',
        consequence: 'no site can be taken out of traffic, and so none fenced',
        fix: expect.stringContaining('docs/configuration.md') as string,
      },
    ]);
  });

  it('that were presented to nobody who answers are not known to work', () => {
    const silent = { ...facts().sites, 'site-b': { caches: unread(), server: unread('KeycloakUnreachable') } };

    expect(credentialFindings(pair, facts({ b: { endpoint: fine.endpoint } }, { sites: silent }))).toMatchObject([
      { what: 'whether the Infinispan of site-b takes our credentials is not known (InfinispanUnreachable)' },
      {
        what: 'whether the Keycloak of site-b takes our credentials is not known (KeycloakUnreachable)',
        consequence: expect.stringContaining('read the database anew'),
      },
    ]);
  });

  it('of a site that was not looked at are not known to work either', () => {
    expect(credentialFindings(pair, { ...observing({ sites: {} }), sites: {} }).map(({ what }) => what)).toEqual([
      'whether the Infinispan of site-a takes our credentials is not known (NotObserved)',
      'whether the Infinispan of site-b takes our credentials is not known (NotObserved)',
      'whether the Keycloak of site-a takes our credentials is not known (NotObserved)',
      'whether the Keycloak of site-b takes our credentials is not known (NotObserved)',
    ]);
  });

  it('of an application that is no Keycloak are asked of nobody', () => {
    const unasked = { caches: read({}), server: unread('NotObserved') };

    expect(credentialFindings(usual, facts({}, { sites: { 'site-a': unasked, 'site-b': unasked } }))).toEqual([]);
  });
});
