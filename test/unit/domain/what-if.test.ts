import { situationsOf, readCut } from '../../../domain/what-if-rows';
import { between } from '../../../domain/cuts';
import { whatIf, type Cutting, type WhatIf } from '../../../domain/what-if';
import type { SitePair } from '../../../domain/site-pair';
import { pair } from '../../support/observations';
import { witnessed } from '../../support/witnesses';

const third = witnessed(['third']);

function says({ answer, verdict }: WhatIf): string {
  if (answer.kind === 'keeps') return `keeps ${answer.roles.keepSite}`;
  return answer.kind === 'refuses' ? answer.refusal.code : `${answer.kind}: ${verdict.kind}`;
}

function answerTo(of: SitePair, written: string[], health?: Cutting['health']): string {
  const cuts = written.flatMap((cut) => readCut(of, cut) ?? []);
  return says(whatIf(of, { cuts, health }));
}

describe('what if', () => {
  it.each<[string[], string]>([
    [['site-a/site-b'], 'keeps site-a'],
    [['site-a:site-b'], 'keeps site-a'],
    [['site-b:site-a'], 'keeps site-a'],
    [['site-a/site-b', 'third/site-a'], 'keeps site-b'],
    [['site-a/site-b', 'third:site-a'], 'keeps site-b'],
    [['site-a/site-b', 'site-a:third'], 'keeps site-a'],
    [['site-a/site-b', 'third/site-b'], 'keeps site-a'],
    [['site-a/site-b', 'third'], 'keeps site-a'],
    [['site-a/site-b', 'worker/third', 'third/site-a'], 'keeps site-a'],
    [['site-a/site-b', 'accelerator:site-a'], 'keeps site-b'],
    [['site-a/site-b', 'worker:site-a'], 'keeps site-b'],
    [['site-a'], 'keeps site-b'],
    [['site-b', 'third'], 'keeps site-a'],
    [['third'], 'nothing: healthy'],
    [['worker'], 'nothing: inconclusive'],
    [[], 'nothing: healthy'],
  ])('%j is cut', (written, answer) => {
    expect(answerTo(third, written)).toBe(answer);
  });

  it('a score is given: a site under its minimum loses the tie, and nothing but a tie', () => {
    const checks = { router: 2, database: 3 };
    const scored: SitePair = {
      ...pair,
      heuristics: { 'site-a': { minimum: 3, checks }, 'site-b': { minimum: 3, checks } },
    };
    const answer = (written: string, scores: Cutting['scores']) =>
      says(whatIf(scored, { cuts: readCut(scored, written) ?? [], scores }));

    expect(answer('site-a/site-b', { 'site-a': 2 })).toBe('keeps site-b');
    expect(answer('site-a/site-b', { 'site-a': 2, 'site-b': 2 })).toBe('keeps site-a');
    expect(answer('site-a/site-b', { 'site-a': 3 })).toBe('keeps site-a');
    expect(answer('site-b', { 'site-a': 0 })).toBe('keeps site-a');
    expect(says(whatIf(pair, { cuts: between('site-a', 'site-b'), scores: { 'site-a': 0 } }))).toBe('keeps site-a');
  });

  it('a majority is required: nothing is fenced without it', () => {
    const strict = witnessed(['third'], { majority: 'required' });

    expect(answerTo(strict, ['site-a/site-b'])).toBe('keeps site-a');
    expect(answerTo(strict, ['site-a/site-b', 'third'])).toBe('NoQuorum');
    expect(answerTo(strict, ['site-a/site-b', 'third/site-a', 'accelerator:site-b'])).toBe('WitnessDisagrees');
  });

  it('a site is sick: it is not kept, whoever has the votes', () => {
    expect(answerTo(third, ['site-a/site-b', 'third/site-b'], { 'site-a': 'UNHEALTHY' })).toBe('keeps site-b');
  });

  it('no site is preferred: the one that is heard first is kept where the votes do not say', () => {
    const even = witnessed(['third'], { preferredSite: null });

    expect(answerTo(even, ['site-a/site-b'])).toBe('first: partition');
    expect(answerTo(even, ['site-a/site-b', 'third/site-a'])).toBe('keeps site-b');
  });

  it('an observer in a site shares its fate: it is cut off from the other one, or together with it', () => {
    const inside = witnessed([{ name: 'inside', site: 'site-b', votes: 1 }]);

    expect(answerTo(inside, ['site-a/site-b'])).toBe('keeps site-b');
    expect(answerTo(inside, ['site-b'])).toBe('keeps site-a');
    expect(whatIf(inside, { cuts: readCut(inside, 'site-b')! }).voting.votes).toEqual({ 'site-a': 1, 'site-b': 0 });
  });

  it('a pair without witnesses: neither site ever has the majority, and the tie-break decides', () => {
    const { voting, answer } = whatIf(pair, { cuts: between('site-a', 'site-b') });

    expect(voting).toMatchObject({ configured: 2, needed: 2, votes: { 'site-a': 1, 'site-b': 1 } });
    expect(voting.winner).toBeUndefined();
    expect(answer).toMatchObject({ kind: 'keeps', roles: { keepSite: 'site-a' } });
    expect(says(whatIf({ ...pair, endpoints: {} }, { cuts: between('site-a', 'site-b') }))).toBe('keeps site-a');
  });

  it('tells every vote, for whom it counts, and why', () => {
    const { voting } = whatIf(third, { cuts: [...between('site-a', 'site-b'), ...between('third', 'site-a')] });

    expect(voting.cast).toEqual([
      { voter: 'site-a', kind: 'site', votes: 1, says: 'site-a answers', countsFor: 'site-a' },
      { voter: 'site-b', kind: 'site', votes: 1, says: 'site-b answers', countsFor: 'site-b' },
      { voter: 'third', kind: 'witness', votes: 1, says: 'third reaches site-b only', countsFor: 'site-b' },
    ]);
    expect(whatIf(third, { cuts: readCut(third, 'site-b')! }).voting.cast[1]).toEqual({
      voter: 'site-b',
      kind: 'site',
      votes: 1,
      says: 'nobody reaches site-b',
      countsFor: undefined,
    });
  });
});

describe('a cut as people write it', () => {
  it('is both ways, one way, or all links of one place', () => {
    expect(readCut(third, 'site-a/third')).toEqual(between('site-a', 'third'));
    expect(readCut(third, 'third:site-b')).toEqual([{ from: 'third', to: 'site-b' }]);
    expect(readCut(third, 'third')).toHaveLength(2 * 4);
  });

  it.each(['site-x', 'site-a/site-x', 'site-a/site-a', 'site-a/', '', 'site-a/site-b/third', 'site-a->site-b'])(
    'is none: "%s"',
    (written) => {
      expect(readCut(third, written)).toBeUndefined();
    },
  );
});

describe('the situations that are worth a row', () => {
  it('are the link and each way of it, one more thing that breaks, and each site that is lost', () => {
    expect(situationsOf(third).map(({ written }) => written.join(' '))).toEqual([
      'site-a/site-b',
      'site-a:site-b',
      'site-b:site-a',
      'site-a/site-b third',
      'site-a/site-b third/site-a',
      'site-a/site-b third/site-b',
      'site-a/site-b accelerator:site-a',
      'site-a/site-b accelerator:site-b',
      'site-a/site-b worker/site-a',
      'site-a',
      'site-a third',
      'site-a/site-b worker/site-b',
      'site-b',
      'site-b third',
    ]);
    expect(situationsOf(witnessed(['w1', 'w2'])).map(({ written }) => written.join(' '))).toContain(
      'site-a/site-b w1 w2',
    );
    expect(situationsOf(pair)).toHaveLength(9);
  });

  it('are each cut as it is written', () => {
    for (const { written, cuts } of situationsOf(third)) {
      expect(cuts).toEqual(written.flatMap((cut) => readCut(third, cut)));
    }
  });
});
