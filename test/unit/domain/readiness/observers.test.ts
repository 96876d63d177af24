import { observerFindings } from '../../../../domain/readiness/observers';
import type { Finding } from '../../../../domain/readiness/finding';
import type { Sighting } from '../../../../domain/sighting';
import type { Observer, SitePair } from '../../../../domain/site-pair';
import { now, pair as usual, read, unread } from '../../../support/observations';
import { facts, observing } from './facts';

const observers: Observer[] = [
  { name: 'third', votes: 1 },
  { name: 'looker', votes: 0 },
];
const pair: SitePair = { ...usual, observers };
const seesAll: Sighting = {
  seenAt: now,
  sites: {
    'site-a': {
      health: read(200),
      view: read({ localSite: 'site-a', sitesView: ['site-a', 'site-b'], members: ['a-1'] }),
    },
    'site-b': {
      health: read(200),
      view: read({ localSite: 'site-b', sitesView: ['site-a', 'site-b'], members: ['b-1'] }),
    },
  },
  accelerator: read(200),
  network: unread('NotObserved'),
};
const told = (third: Partial<Sighting>) =>
  observerFindings(
    pair,
    observing({ sightings: { third: read({ ...seesAll, ...third }), looker: read(seesAll) } }),
  ) as Finding[];

describe('readiness: observers', () => {
  it('are ready where each answers and sees both sites', () => {
    expect(told({})).toEqual([]);
  });

  it('of a pair that has none are not looked at', () => {
    expect(observerFindings(usual, facts())).toEqual({ notLookedAt: 'the pair has no observers' });
    expect(observerFindings({ ...usual, observers: [] }, facts())).toHaveProperty('notLookedAt');
  });

  it('one that does not answer is told with what its silence costs', () => {
    const many: SitePair = { ...usual, observers: [{ name: 'heavy', votes: 2 }, ...observers] };
    const sightings = { third: unread('ObserverSilent'), looker: unread('ObserverNotAsked') };

    expect(observerFindings(many, observing({ sightings }))).toMatchObject([
      { what: 'the observer heavy does not answer (NotObserved)', consequence: expect.stringContaining('2 votes') },
      {
        what: 'the observer third does not answer (ObserverSilent)',
        consequence: 'its vote would be missing from the quorum in a split',
        fix: expect.stringContaining('sitewarden observer --name third'),
      },
      {
        what: 'the observer looker does not answer (ObserverNotAsked)',
        consequence: 'in a split it would see nothing',
      },
    ]);
    expect(observerFindings(pair, facts())).toHaveLength(2);
  });

  it.each<[string, Sighting['sites'][string], string]>([
    [
      'it cannot reach',
      { health: unread('HealthUnreachable'), view: unread('InfinispanUnreachable') },
      'InfinispanUnreachable',
    ],
    [
      'whose health URL alone it has',
      { health: unread('HealthUnreachable'), view: unread('NotObserved') },
      'HealthUnreachable',
    ],
  ])('one is blind to a site that %s', (_, siteB, why) => {
    expect(told({ sites: { ...seesAll.sites, 'site-b': siteB } })).toMatchObject([
      {
        what: `the observer third sees nothing of site-b (${why})`,
        consequence: expect.stringContaining('never vote for site-b'),
      },
    ]);
  });

  it('one that told nothing of a site is blind to it', () => {
    expect(told({ sites: { 'site-a': seesAll.sites['site-a']! } })).toMatchObject([
      { what: 'the observer third sees nothing of site-b (NotObserved)' },
    ]);
  });

  it('one that sees a part of a site sees it', () => {
    const part = { health: unread('HealthUnreachable'), view: seesAll.sites['site-b']!.view };

    expect(told({ sites: { ...seesAll.sites, 'site-b': part } })).toEqual([]);
  });

  it.each<[string, Partial<Sighting>, string, string]>([
    ['whose clock is behind', { seenAt: now - 12_000 }, 'what third saw is too old to count', 'synchronize the clocks'],
    ['whose clock is ahead', { seenAt: now + 12_000 }, 'the clock of third is ahead of ours', 'synchronize the clocks'],
    [
      'that reads another site for site-b',
      { sites: { ...seesAll.sites, 'site-b': { health: unread('NotObserved'), view: seesAll.sites['site-a']!.view } } },
      'third could not tell of site-b, so it does not vote',
      'infinispan.url',
    ],
  ])('one %s would have no vote though it answers', (_, third, why, fix) => {
    expect(told(third)).toMatchObject([
      {
        what: expect.stringContaining(`the vote of the observer third would not count: ${why}`),
        consequence: 'its vote would be missing from the quorum in a split',
        fix: expect.stringContaining(fix),
      },
    ]);
  });

  it('one that is isolated, or does not reach the service, says so', () => {
    expect(
      told({ network: read('isolated'), accelerator: unread('HealthUnreachable') }).map(({ what }) => what),
    ).toEqual([
      'the observer third says that its own network is isolated',
      'the observer third does not reach the service through the accelerator (HealthUnreachable)',
    ]);
    expect(told({ network: read('connected'), accelerator: unread('NotObserved') })).toEqual([]);
  });
});
