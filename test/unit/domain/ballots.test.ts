import type { FailureType } from '../../../domain/failure-types';
import { sayBallot, ballotsOf } from '../../../domain/ballots';
import { fine, now, observed, read, unread, type Seen } from '../../support/observations';
import { reached, unreachable, viewFailing, withSightings, witnessed, type Witnessing } from '../../support/witnesses';

const split: Seen = { a: { ...fine, sees: false }, b: { ...fine, sees: false } };

/** What is made of the sightings, in words, witness by witness. */
function said(sightings: Readonly<Record<string, Witnessing>>, seen: Seen = split): string[] {
  return ballotsOf(witnessed(Object.keys(sightings)), withSightings(seen, sightings)).map(sayBallot);
}

describe('a witness', () => {
  it.each([
    ['both', 'w reaches both sites'],
    ['site-a', 'w reaches site-a only'],
    ['site-b', 'w reaches site-b only'],
    ['neither', 'w reaches neither site'],
  ] as const)('says whom it reaches: %s', (reaches, words) => {
    expect(said({ w: { reaches } })).toEqual([words]);
  });

  it.each<[string, Witnessing, string]>([
    ['silent, or slower than the look', { silent: true }, 'w is silent, which says nothing of any site'],
    ['stale', { ageMs: 10_001 }, 'what w saw is too old to count'],
    ['of another time', { ageMs: -10_001 }, 'the clock of w is ahead of ours, so its sighting does not count'],
    ['isolated', { isolated: true }, 'w says that it is itself isolated, so its sighting does not count'],
    [
      'that did not look at a site',
      { sites: { 'site-a': reached } },
      'w could not tell of site-b, so it does not vote',
    ],
  ])('is no vote when it is %s', (_case, witnessing, words) => {
    const [ballot] = ballotsOf(witnessed(['w']), withSightings(split, { w: { reaches: 'site-b', ...witnessing } }));

    expect(ballot?.kind).not.toBe('counts');
    expect(sayBallot(ballot!)).toBe(words);
  });

  it('is out of date, and not silent, when that is why it was not taken', () => {
    const observation = { ...observed(split), sightings: { w: unread('ObserverOutOfDate') } };

    expect(ballotsOf(witnessed(['w']), observation)).toMatchObject([{ kind: 'old' }]);
  });

  it('is silent when the look brought no sightings at all', () => {
    expect(ballotsOf(witnessed(['w']), observed(split))).toMatchObject([{ kind: 'silent' }]);
  });

  it('counts up to the bound, and when its network is connected', () => {
    expect(said({ w: { ageMs: 10_000, isolated: false } })).toEqual(['w reaches both sites']);
    expect(said({ w: { ageMs: -10_000 } })).toEqual(['w reaches both sites']);
  });

  it.each<FailureType>(['InfinispanUnauthorized', 'InfinispanDenied', 'InfinispanFailed', 'InfinispanNotARelay'])(
    'reaches a site whose Infinispan answered it with %s',
    (type) => {
      expect(said({ w: { sites: { 'site-a': viewFailing(type), 'site-b': unreachable } } })).toEqual([
        'w reaches site-a only',
      ]);
    },
  );

  it.each<FailureType>(['InfinispanUntrusted', 'InfinispanAnswersAsAnotherSite', 'SecretUnavailable'])(
    'cannot tell of a site of which it has nothing but %s',
    (type) => {
      expect(said({ w: { sites: { 'site-a': reached, 'site-b': viewFailing(type) } } })).toEqual([
        'w could not tell of site-b, so it does not vote',
      ]);
    },
  );

  it('cannot tell of a site where something else than silence was met, though its health URL gave nothing', () => {
    const met = { health: unread('HealthUnreachable'), view: unread('InfinispanUntrusted') };

    expect(said({ w: { sites: { 'site-a': reached, 'site-b': met } } })).toEqual([
      'w could not tell of site-b, so it does not vote',
    ]);
  });

  it('is as old as the oldest that it read of a site, whenever it was told', () => {
    const [a, b] = [reached, { ...unreachable, view: { unknown: 'InfinispanUnreachable', at: now - 10_001 } }] as const;

    expect(said({ w: { sites: { 'site-a': a, 'site-b': b } } })).toEqual(['what w saw is too old to count']);
  });

  it('reaches a site by its view alone, and not by the view of another one', () => {
    const viewOf = (localSite: string) => ({
      health: unread('HealthUnreachable'),
      view: read({ localSite, sitesView: [localSite], members: [] }),
    });

    expect(said({ w: { sites: { 'site-a': viewOf('site-a'), 'site-b': unreachable } } })).toEqual([
      'w reaches site-a only',
    ]);
    expect(said({ w: { sites: { 'site-a': reached, 'site-b': viewOf('site-a') } } })).toEqual([
      'w could not tell of site-b, so it does not vote',
    ]);
  });

  it('does not reach a site where one of the two was asked and nothing came', () => {
    const sites = {
      'site-a': { health: unread('HealthUnreachable'), view: unread('NotObserved') },
      'site-b': viewFailing('InfinispanUnreachable'),
    } as const;

    expect(said({ w: { sites } })).toEqual(['w reaches neither site']);
  });
});

describe('a witness that contradicts', () => {
  const lying = 'w1 says that site-b is unreachable, which the worker read and most other witnesses reach: not counted';

  it('the worker and most of the others is no vote', () => {
    expect(said({ w1: { reaches: 'site-a' }, w2: {}, w3: {} })).toEqual([
      lying,
      'w2 reaches both sites',
      'w3 reaches both sites',
    ]);
    expect(said({ w1: { reaches: 'site-a' }, w2: {} })[0]).toBe(lying);
    expect(said({ w1: { reaches: 'neither' }, w2: {} })[0]).toContain('site-a is unreachable');
  });

  it('only the worker, or only half of the others, is believed', () => {
    const believed = 'w1 reaches site-a only';

    expect(said({ w1: { reaches: 'site-a' } })).toEqual([believed]);
    expect(said({ w1: { reaches: 'site-a' }, w2: { silent: true } })[0]).toBe(believed);
    expect(said({ w1: { reaches: 'site-a' }, w2: { reaches: 'site-a' }, w3: {} })[0]).toBe(believed);
  });

  it('another one that misses a site itself is believed, as that one is', () => {
    expect(said({ w1: { reaches: 'site-a' }, w2: { reaches: 'site-b' } })).toEqual([
      'w1 reaches site-a only',
      'w2 reaches site-b only',
    ]);
  });

  it('what the worker did not read whole is believed', () => {
    const silentB: Seen = { ...split, b: { endpoint: fine.endpoint } };
    const deniedB: Seen = { ...split, b: { ...split.b, backup: undefined } };

    for (const seen of [silentB, deniedB]) {
      expect(said({ w1: { reaches: 'site-a' }, w2: {}, w3: {} }, seen)[0]).toBe('w1 reaches site-a only');
    }
  });

  it('weighs what the others are worth', () => {
    const pair = witnessed([
      { name: 'w1', votes: 1 },
      { name: 'heavy', votes: 2 },
      { name: 'w3', votes: 1 },
    ]);
    const observation = withSightings(split, { w1: { reaches: 'site-a' }, heavy: {}, w3: { reaches: 'site-a' } });

    expect(ballotsOf(pair, observation).map(({ kind }) => kind)).toEqual(['contradicted', 'counts', 'contradicted']);
  });
});
