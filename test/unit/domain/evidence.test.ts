import { assess } from '../../../domain/assess';
import { evidenceOf, sayTestimony, sayVotes } from '../../../domain/evidence';
import type { FailureType } from '../../../domain/failure-types';
import type { HeuristicReadings } from '../../../domain/heuristics';
import type { Reading } from '../../../domain/observation';
import type { Sighting } from '../../../domain/sighting';
import { verdictOf } from '../../../domain/verdict';
import { digest, fine, now, observed, pair as bare } from '../../support/observations';
import { protecting, split as parted } from '../../support/run-states';
import { sighting } from '../../support/sightings';

const pair = {
  ...bare,
  observers: [
    { name: 'third', votes: 1 },
    { name: 'fourth', site: 'site-a', votes: 0 },
  ],
};

function weighed(sightings: Record<string, Reading<Sighting>>, seen: Parameters<typeof observed>[0] = {}) {
  const observation = { ...observed(seen), sightings };
  const evidence = evidenceOf(pair, observation, verdictOf(pair, observation));
  if (!evidence) throw new Error('there is no evidence');
  return evidence;
}

const told = (value: Sighting): Reading<Sighting> => ({ value, at: now });
const silent: Reading<Sighting> = { unknown: 'ObserverSilent', at: now };

describe('evidence', () => {
  it('is none of a pair without observers', () => {
    expect(evidenceOf(bare, observed(), verdictOf(bare, observed()))).toBeUndefined();
  });

  it('lists the sites, every observer and what the worker reads, each with its weight, and says why the verdict follows', () => {
    const { testimonies, conclusion } = weighed({ third: told(sighting()), fourth: told(sighting()) });

    expect(testimonies.map(({ by, votes }) => [by, votes])).toEqual([
      ['site-a', 1],
      ['site-b', 1],
      ['observer third', 1],
      ['observer fourth', 0],
      ['Sitewarden', 0],
    ]);
    expect(testimonies.map(({ says }) => says)).toEqual([
      'sees site-b',
      'sees site-a',
      'reaches site-a, health 200, which sees site-b; reaches site-b, health 200, which sees site-a',
      'reaches site-a, health 200, which sees site-b; reaches site-b, health 200, which sees site-a',
      'site-a and site-b in traffic; health of site-a 200; health of site-b 200',
    ]);
    expect(conclusion).toBe(
      'healthy, because both sites serve, see each other and replicate both ways; 3 of 3 configured votes were heard',
    );
  });

  it('of a silent observer is that it said nothing, never that a site is down; its votes are not heard', () => {
    const { testimonies, conclusion } = weighed({ third: silent });

    expect(testimonies[2]).toMatchObject({
      heard: false,
      says: 'said nothing (ObserverSilent), which speaks for nobody',
    });
    expect(testimonies[3]).toMatchObject({ heard: false, says: 'said nothing, which speaks for nobody' });
    expect(conclusion).toMatch(/; 2 of 3 configured votes were heard$/);
  });

  it('says what an observer could not see, and why, beside what it saw', () => {
    const cut = sighting({
      'site-a': { health: 200, sees: false },
      'site-b': 'gone',
      accelerator: 503,
      network: 'connected',
    });
    const { testimonies } = weighed({ third: told(cut), fourth: silent });

    expect(testimonies[2]?.says).toBe(
      'reaches site-a, health 200, which does not see site-b; could not see site-b (HealthUnreachable, InfinispanUnreachable); ' +
        'accelerator 503; its own network connected',
    );
  });

  it('of a site that did not answer is that its view could not be read', () => {
    const { testimonies, conclusion } = weighed({}, { a: { ...fine, sees: false }, b: { endpoint: fine.endpoint } });

    expect(testimonies[0]?.says).toBe('does not see site-b');
    expect(testimonies[1]).toMatchObject({ heard: false, says: 'its view could not be read (InfinispanUnreachable)' });
    expect(conclusion).toMatch(/^siteDown, because site-b does not answer.*; 1 of 3 configured votes were heard$/);
  });

  it('names what of a sighting could not be read, and leaves out what nobody configured', () => {
    const unread = (unknown: FailureType) => ({ unknown, at: now });
    const odd: Sighting = {
      ...sighting(),
      sites: {
        'site-a': { health: unread('NotObserved'), view: unread('InfinispanUnreachable') },
        'site-b': { health: { value: 503, at: now }, view: unread('InfinispanDenied') },
      },
      accelerator: unread('HealthUnreachable'),
    };
    const blank = { ...odd.sites['site-a']!, view: unread('NotObserved') };
    const first = weighed({ third: told(odd) }).testimonies[2]?.says;
    const second = weighed({
      third: told({ ...odd, sites: { ...odd.sites, 'site-b': { ...odd.sites['site-b']!, health: blank.health } } }),
    });

    expect(first).toBe(
      'could not see site-a (InfinispanUnreachable); reaches site-b, health 503, whose view could not be read (InfinispanDenied); ' +
        'accelerator could not be read (HealthUnreachable)',
    );
    expect(second.testimonies[2]?.says).toContain('could not see site-b (InfinispanDenied)');
    expect(
      weighed({ third: told({ ...odd, sites: { ...odd.sites, 'site-a': blank } }) }).testimonies[2]?.says,
    ).toContain('could not see site-a (NotObserved)');
  });

  it('tells of a site without a health URL that its view was seen', () => {
    const seen = sighting();
    const { view } = seen.sites['site-a']!;
    const bareSite = { view, health: { unknown: 'NotObserved', at: now } as const };

    const { testimonies } = weighed({ third: told({ ...seen, sites: { ...seen.sites, 'site-a': bareSite } }) });

    expect(testimonies[2]?.says).toMatch(/^reaches site-a, which sees site-b; /);
  });

  it.each<[string, Parameters<typeof observed>[0], RegExp]>([
    ['neither site in traffic', { a: { sees: true }, b: { sees: true } }, /^neither site in traffic; /],
    ['one site in traffic', { b: { sees: true } }, /^site-a in traffic; /],
    [
      'traffic that was not read',
      { trafficUnread: true },
      /^Global Accelerator could not be read \(TrafficUnreachable\); /,
    ],
  ])('of the worker itself: %s', (_, seen, says) => {
    expect(weighed({}, seen).testimonies.at(-1)?.says).toMatch(says);
  });

  it('says how much a word counts', () => {
    expect([0, 1, 3].map(sayVotes)).toEqual(['no vote', '1 vote', '3 votes']);
  });

  it('is as old as its oldest part, by the clock of whoever saw it', () => {
    const late = sighting();
    const skewed = { ...late, seenAt: late.seenAt + 900 };
    const { testimonies } = weighed({ third: told(skewed) });

    expect(sayTestimony(testimonies[2]!, now + 600)).toMatch(/^observer third \(1 vote, 1\.5 s old\): reaches site-a/);
    expect(sayTestimony(testimonies[4]!, now)).toMatch(/^Sitewarden \(no vote, /);
  });

  it('says in a split who has how many votes, and why a sighting counts for nobody', () => {
    const split = { a: { ...fine, sees: false }, b: { ...fine, sees: false } };
    const onlyB = sighting({ 'site-a': 'gone' });

    const believed = weighed({ third: told(onlyB) }, split);
    const old = weighed({ third: told({ ...onlyB, seenAt: now - 60_000 }) }, split);

    expect(believed.conclusion).toBe(
      'partition, because both sites answer us, neither sees the other; site-b has 2 of 3 votes; 3 of 3 configured votes were heard',
    );
    expect(old.conclusion).toContain('; no site has more than half of the 3 votes (site-a 1, site-b 1); ');
    expect(old.testimonies[2]?.says).toMatch(/; what third saw is too old to count$/);
  });

  it('counts a witness that reaches both sites as the choice of the roles does', () => {
    const split = { a: { ...fine, sees: false }, b: { ...fine, sees: false } };
    const sickA = { ...split, a: { ...split.a, endpoint: { health: 'UNHEALTHY' } } } as const;

    expect(weighed({ third: told(sighting()) }, split).conclusion).toContain('site-a has 2 of 3 votes');
    expect(weighed({ third: told(sighting()) }, sickA).conclusion).toContain('site-b has 2 of 3 votes');
  });

  it('counts it in a run as that run does, also where the site that was heard first breaks the tie', () => {
    const state = protecting('site-b');
    const undecided = { ...pair, policy: { ...pair.policy, preferredSite: undefined } };
    const observation = { ...observed(parted), sightings: { third: told(sighting()) } };

    const { verdict, remember } = assess({ pair: undecided, state, observation, now, digest });

    const count = 'site-b has 2 of 3 votes';
    expect(remember?.roles?.because).toContain(count);
    expect(evidenceOf(undecided, observation, verdict, state)?.conclusion).toContain(count);
  });

  it('lists the scored checks of each site that has any, also of a pair without observers', () => {
    const scored = { ...bare, heuristics: { 'site-a': { minimum: 2, checks: { database: 2, gateway: 1 } } } };
    const heuristics: HeuristicReadings = {
      'site-a': { database: { value: 'failed', at: now - 2_000 }, gateway: { unknown: 'HeuristicUnknown', at: now } },
    };
    const observation = { ...observed(), heuristics };

    const told = evidenceOf(scored, observation, verdictOf(scored, observation));
    const unread = evidenceOf(scored, observed(), verdictOf(scored, observed()));

    expect(told?.testimonies[2]).toEqual({
      by: 'checks of site-a',
      votes: 0,
      heard: true,
      says: 'site-a has 0 of 3 points (1 unknown), under its minimum of 2; database failed; gateway unknown',
      at: now - 2_000,
    });
    expect(unread?.testimonies[2]).toMatchObject({ heard: false, at: now });
    expect(told?.conclusion).toMatch(/; 2 of 2 configured votes were heard$/);
  });
});
