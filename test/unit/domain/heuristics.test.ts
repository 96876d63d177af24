import {
  afterAttempt,
  heuristicsNote,
  sayScore,
  scores,
  tieWinner,
  unlessHeldUp,
  untried,
  usualMinimum,
  type Attempted,
  type HeuristicState,
} from '../../../domain/heuristics';
import type { Observation } from '../../../domain/observation';
import { rolesForSplit } from '../../../domain/roles';
import type { SiteHeuristics, SitePair } from '../../../domain/site-pair';
import { verdictOf } from '../../../domain/verdict';
import { fine, observed, pair, read, unread, type Seen } from '../../support/observations';
import { protecting, split } from '../../support/run-states';

const checks: SiteHeuristics = { minimum: 2, checks: { database: 2, gateway: 1 } };
const scored: SitePair = { ...pair, heuristics: { 'site-a': checks, 'site-b': checks } };

type Checked = Readonly<Record<string, HeuristicState | undefined>>;

function checked(a: Checked, b: Checked, seen: Seen = split): Observation {
  const readings = (states: Checked) =>
    Object.fromEntries(
      Object.entries(states).map(([name, state]) => [name, state ? read(state) : unread('NotObserved')]),
    );
  return { ...observed(seen), heuristics: { 'site-a': readings(a), 'site-b': readings(b) } };
}

const good: Checked = { database: 'passed', gateway: 'passed' };
const bad: Checked = { database: 'failed', gateway: 'passed' };

describe('the score of a site', () => {
  it('is the sum of what its passed checks add', () => {
    expect(scores(scored, checked(good, bad))).toEqual([
      { site: 'site-a', score: 3, unknown: 0, total: 3, minimum: 2, isUnderMinimum: false },
      { site: 'site-b', score: 1, unknown: 0, total: 3, minimum: 2, isUnderMinimum: true },
    ]);
  });

  it('is under its minimum only if it would be so with every unknown check passed', () => {
    const unknownDatabase = scores(scored, checked({ database: undefined, gateway: 'failed' }, { gateway: 'passed' }));
    const neverAsked = scores(scored, observed(split));

    expect(unknownDatabase.map(({ score, unknown, isUnderMinimum }) => [score, unknown, isUnderMinimum])).toEqual([
      [0, 2, false],
      [1, 2, false],
    ]);
    expect(neverAsked.map(({ isUnderMinimum }) => isUnderMinimum)).toEqual([false, false]);
    expect(scores(scored, checked({ database: 'failed', gateway: undefined }, good))[0]).toMatchObject({
      score: 0,
      unknown: 1,
      isUnderMinimum: true,
    });
  });

  it('is said in words', () => {
    const words = scores(scored, checked({ database: 'passed', gateway: undefined }, bad)).map(sayScore);

    expect(words).toEqual([
      'site-a has 2 of 3 points (1 unknown), not under its minimum of 2',
      'site-b has 1 of 3 points, under its minimum of 2',
    ]);
  });

  it('is told of no site without checks', () => {
    expect(scores(pair, observed(split))).toEqual([]);
    expect(scores({ ...pair, heuristics: { 'site-b': checks } }, checked(bad, bad))).toMatchObject([
      { site: 'site-b' },
    ]);
    expect(heuristicsNote(pair, observed(split))).toBeUndefined();
  });

  it.each([
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 3],
  ])("has qdisk's minimum where none is given: of %i it is %i", (total, minimum) => {
    expect(usualMinimum(total)).toBe(minimum);
  });
});

describe('a tie', () => {
  const choose = (observation: Observation, of = scored) =>
    rolesForSplit(of, protecting(), observation, verdictOf(of, observation));

  it('is lost by a site under its minimum, even if it is preferred, and the verdict says so', () => {
    const observation = checked(bad, good);

    expect(tieWinner(scored, observation)).toBe('site-b');
    expect(verdictOf(scored, observation).because).toContain('site-a is under its minimum score of 2');
    expect(choose(observation)).toEqual({
      roles: {
        keepSite: 'site-b',
        staleSite: 'site-a',
        because: expect.stringMatching(/site-a is under its minimum score of 2; site-a loses the tie by its score$/),
      },
    });
  });

  it.each([
    ['both are under it', bad, bad],
    ['neither is', good, good],
    ['it is unknown', { database: undefined }, good],
  ] as const)('is not decided by scores when %s', (_case, a, b) => {
    const observation = checked(a, b);

    expect(tieWinner(scored, observation)).toBeUndefined();
    expect(choose(observation)).toMatchObject({
      roles: { keepSite: 'site-a', because: expect.stringContaining('preferred') },
    });
  });

  it('says nothing of scores in a healthy pair, and where too little was read', () => {
    const healthy = checked(bad, good, { a: fine, b: fine });
    const unreadViews = checked(bad, good, { a: { ...fine, sees: undefined }, b: { ...fine, sees: undefined } });

    expect(verdictOf(scored, healthy)).toEqual(verdictOf(pair, healthy));
    expect(verdictOf(scored, unreadViews)).toEqual(verdictOf(pair, unreadViews));
  });

  it('never keeps a site for its score that could not serve', () => {
    const sickB = { ...split, b: { ...split.b, endpoint: { health: 'UNHEALTHY' } } } as const;

    expect(choose(checked(bad, good, sickB))).toMatchObject({ roles: { keepSite: 'site-a' } });
  });
});

it.each<[Attempted, number, Attempted]>([
  ['failed', 7_000, 'failed'],
  ['failed', 7_001, 'unknown'],
  ['passed', 60_000, 'passed'],
])(
  'an attempt that %s after %d ms, of 2,000, counts as %s: a process that was frozen says nothing of a site',
  (attempted, tookMs, counts) => {
    expect(unlessHeldUp(attempted, { tookMs, withinMs: 2_000 })).toBe(counts);
  },
);

describe('a check over its attempts', () => {
  const after = (tko: number, ...attempts: Attempted[]) =>
    attempts.reduce((memory, attempted) => afterAttempt(memory, attempted, tko), untried).state;

  it.each<[string, number, Attempted[], HeuristicState | undefined]>([
    ['passes after one success', 3, ['passed'], 'passed'],
    ['goes on passing before its last strike', 3, ['passed', 'failed', 'failed'], 'passed'],
    ['fails after so many failures in a row', 3, ['passed', 'failed', 'failed', 'failed'], 'failed'],
    ['counts failures in a row only', 2, ['passed', 'failed', 'passed', 'failed'], 'passed'],
    ['passes again after one success', 2, ['failed', 'failed', 'passed'], 'passed'],
    ['is unknown before its last strike, where it never passed', 3, ['failed', 'failed'], undefined],
    ['is not failed by what could not be tried', 2, ['passed', 'failed', 'unknown'], 'passed'],
    ['is unknown after what could not be tried so many times in a row', 2, ['passed', 'unknown', 'unknown'], undefined],
    [
      'whose row of failures is not ended by what could not be tried',
      2,
      ['passed', 'failed', 'unknown', 'failed'],
      'failed',
    ],
    ['counts in a row what could not be tried', 2, ['passed', 'unknown', 'failed', 'unknown'], 'passed'],
    ['fails at once with a tko of one', 1, ['failed'], 'failed'],
  ])('%s', (_case, tko, attempts, state) => {
    expect(after(tko, ...attempts)).toBe(state);
  });
});
