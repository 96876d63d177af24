import { assess } from '../../../domain/assess';
import type { Observation } from '../../../domain/observation';
import { lacksMajority, rolesForSplit } from '../../../domain/roles';
import type { SitePair } from '../../../domain/site-pair';
import type { RunState } from '../../../domain/state';
import { verdictOf } from '../../../domain/verdict';
import { digest, fine, now, observed, type Seen } from '../../support/observations';
import { latched, protecting, removed, split } from '../../support/run-states';
import { withSightings, witnessed, type Reaching, type Witnessing } from '../../support/witnesses';

/** Votes were counted as often as they are. */
function countedOut(state = protecting()): RunState {
  return { ...state, known: { ...state.known, vote: { retries: 3, at: now - 2_000 } } };
}

function choose(pair: SitePair, observation: Observation, state = countedOut()) {
  return rolesForSplit(pair, state, observation, verdictOf(pair, observation));
}

const each = (...reachings: Reaching[]): Record<string, Witnessing> =>
  Object.fromEntries(reachings.map((reaches, index) => [`w${index + 1}`, { reaches }]));

function pairOf(said: Record<string, Witnessing>, options: Parameters<typeof witnessed>[1] = {}): SitePair {
  return witnessed(Object.keys(said), options);
}

describe('a split with witnesses', () => {
  it('is decided by their majority, even against the preferred site', () => {
    const said = each('site-b');

    expect(choose(pairOf(said), withSightings(split, said))).toEqual({
      roles: {
        keepSite: 'site-b',
        staleSite: 'site-a',
        because: 'both sites answer us, neither sees the other; site-b has 2 of 3 votes; w1 reaches site-b only',
      },
    });
  });

  it('is not, by policy, where a site is preferred: what they say is named all the same', () => {
    const said = each('site-b', 'site-b');
    const observation = withSightings(split, said);

    expect(choose(pairOf(said, { majority: 'advises' }), observation)).toMatchObject({
      roles: {
        keepSite: 'site-a',
        because: expect.stringMatching(/site-b has 3 of 4 votes; w1 .*; site-a is preferred$/),
      },
    });
    expect(choose(pairOf(said, { majority: 'advises', preferredSite: null }), observation)).toMatchObject({
      roles: { keepSite: 'site-b' },
    });
  });

  it.each<[string, Reaching[], string, string]>([
    ['four voters splitting 3-1', ['site-b', 'site-b'], 'site-b', 'site-b has 3 of 4 votes'],
    ['five voters splitting 3-2', ['site-b', 'site-b', 'site-a'], 'site-b', 'site-b has 3 of 5 votes'],
    [
      'a witness that reaches both counts once, for the one that is ahead',
      ['site-b', 'neither', 'both'],
      'site-b',
      '3 of 5 votes',
    ],
    ['a witness that reaches both counts for the tie-break, where neither is', ['both'], 'site-a', 'site-a has 2 of 3'],
    ['four voters splitting 2-2', ['site-a', 'site-b'], 'site-a', 'more than half of the 4 votes (site-a 2, site-b 2)'],
    [
      'five voters splitting 2-2-1',
      ['site-a', 'site-b', 'neither'],
      'site-a',
      'no site has more than half of the 5 votes',
    ],
  ])('%s', (_case, reachings, keepSite, because) => {
    const said = each(...reachings);

    expect(choose(pairOf(said), withSightings(split, said))).toMatchObject({
      roles: { keepSite, because: expect.stringContaining(because) },
    });
  });

  it.each<[string, Record<string, Witnessing>]>([
    ['witnesses split evenly', each('site-a', 'site-b')],
    ['a witness is gone', { w1: { silent: true } }],
    ['a witness looked too long ago', { w1: { reaches: 'site-b', ageMs: 60_000 } }],
    ['a witness is isolated', { w1: { reaches: 'site-b', isolated: true } }],
  ])('is left to the tie-break when %s, once the votes were counted as often as they are', (_case, said) => {
    const pair = pairOf(said);
    const observation = withSightings(split, said);

    expect(choose(pair, observation)).toMatchObject({ roles: { keepSite: 'site-a' } });
    expect(choose(pair, observation, protecting())).toMatchObject({ refusal: { code: 'NoQuorum' }, passing: true });
  });

  it('fences nothing by itself where a majority is required and there is none', () => {
    for (const said of [each('site-a', 'site-b'), { w1: { silent: true } }]) {
      const pair = pairOf(said, { majority: 'required' });

      expect(choose(pair, withSightings(split, said))).toEqual({
        refusal: {
          code: 'NoQuorum',
          message: expect.stringContaining('A quorum is required and there is none: no site'),
        },
        passing: true,
      });
    }
    expect(choose(witnessed([], { majority: 'required' }), observed(split))).toMatchObject({
      refusal: { code: 'NoQuorum', message: expect.stringContaining('the pair has no witness with a vote') },
    });
  });

  it('a witness cut off together with a site: the other one is kept, unless a majority is required', () => {
    const seen: Seen = { a: split.a, b: { endpoint: fine.endpoint } };
    const observation = withSightings(seen, { w1: { silent: true } });

    expect(choose(witnessed(['w1']), observation)).toEqual({
      roles: {
        keepSite: 'site-a',
        staleSite: 'site-b',
        because: expect.stringContaining('only site-a can be kept; no site'),
      },
    });
    expect(choose(witnessed(['w1'], { majority: 'required' }), observation)).toMatchObject({
      refusal: { code: 'NoQuorum' },
    });
  });

  it('never keeps a site that could not serve: the majority is named, and where it is required nothing is fenced', () => {
    const sickB: Seen = { a: split.a, b: { ...split.b, endpoint: { health: 'UNHEALTHY' } } };
    const observation = withSightings(sickB, each('site-b'));

    expect(choose(witnessed(['w1']), observation)).toEqual({
      roles: {
        keepSite: 'site-a',
        staleSite: 'site-b',
        because: expect.stringContaining('only site-a can be kept; site-b has 2 of 3 votes; w1 reaches site-b only'),
      },
    });
    expect(choose(witnessed(['w1'], { majority: 'required' }), observation)).toEqual({
      refusal: {
        code: 'WitnessDisagrees',
        message: expect.stringContaining(
          'site-b has 2 of 3 votes; w1 reaches site-b only; but only site-a could be kept now',
        ),
      },
      passing: true,
    });
  });

  it('does not give up writes for votes: the site that already writes alone is kept', () => {
    const seen: Seen = { a: split.a, b: { ...split.b, backup: 'offline' } };
    const observation = withSightings(seen, each('site-a'));

    expect(choose(witnessed(['w1']), observation)).toMatchObject({ roles: { keepSite: 'site-b' } });
    expect(choose(witnessed(['w1'], { majority: 'required' }), observation)).toMatchObject({
      refusal: { code: 'WitnessDisagrees' },
    });
  });

  it('goes on with a fence that somebody began, whoever has the votes', () => {
    const halfFenced: Seen = { a: { ...split.a, endpoint: undefined }, b: split.b };
    const observation = withSightings(halfFenced, each('site-a'));

    expect(choose(witnessed(['w1'], { majority: 'required' }), observation)).toMatchObject({
      roles: { keepSite: 'site-b' },
    });
  });

  it('a lying witness does not turn the scales, and is named', () => {
    const said = each('site-b', 'both', 'both');

    expect(choose(pairOf(said), withSightings(split, said))).toEqual({
      roles: {
        keepSite: 'site-a',
        staleSite: 'site-b',
        because: expect.stringContaining('w1 says that site-a is unreachable, which the worker read'),
      },
    });
  });

  it('an observer with the name of a site is still one voter of its own', () => {
    const pair = witnessed([{ name: 'site-b', votes: 1 }]);

    expect(choose(pair, withSightings(split, { 'site-b': { reaches: 'site-a' } }))).toMatchObject({
      roles: { keepSite: 'site-a', because: expect.stringContaining('site-a has 2 of 3 votes') },
    });
  });
});

describe('one-way cuts', () => {
  it.each<[string, Seen]>([
    ['site-a does not see site-b', { a: split.a, b: fine }],
    ['site-b does not see site-a', { a: fine, b: split.b }],
  ])('%s: the votes decide', (_case, seen) => {
    expect(choose(witnessed(['w1']), withSightings(seen, each('site-b')))).toMatchObject({
      roles: { keepSite: 'site-b' },
    });
    expect(choose(witnessed(['w1']), withSightings(seen, each('site-a')))).toMatchObject({
      roles: { keepSite: 'site-a' },
    });
  });
});

describe('votes that are counted again', () => {
  const undecided = withSightings(split, each('site-a', 'site-b'));
  const pair = witnessed(['w1', 'w2']);

  function look(state: RunState, at: number, observation = undecided) {
    const { next, remember } = assess({ pair, state, observation, now: at, digest });
    return { next, state: { ...state, known: remember ?? state.known } };
  }

  it('leave the split to the tie-break after as many retries as the policy says, and not before', () => {
    let state = protecting();
    const counts: (number | undefined)[] = [];
    for (const after of [0, 1_000, 2_000, 3_999, 4_000, 5_999]) {
      const looked = look(state, now + after);
      state = looked.state;
      counts.push(state.known.vote?.retries);

      expect(looked.next).toMatchObject({ kind: 'refuse', refusal: { code: 'NoQuorum' } });
    }
    expect(counts).toEqual([0, 0, 1, 1, 2, 2]);

    const { next, state: decided } = look(state, now + 6_000);
    expect(next).toMatchObject({ kind: 'do', command: { kind: 'removeEndpoint', site: 'site-b', keepSite: 'site-a' } });
    expect(decided.known.vote).toBeUndefined();
  });

  it('end as soon as there is a majority', () => {
    const waiting = look(protecting(), now).state;

    const { next } = look(waiting, now + 500, withSightings(split, each('site-b', 'site-b')));

    expect(next).toMatchObject({ kind: 'do', command: { kind: 'removeEndpoint', site: 'site-a' } });
  });

  it('are kept over a look that read too little, and forgotten when the link is whole', () => {
    const waiting = look(look(protecting(), now).state, now + 2_000).state;
    const blind = withSightings(
      { a: { ...fine, sees: undefined }, b: { ...fine, sees: undefined } },
      each('both', 'both'),
    );
    const healed = withSightings({}, each('both', 'both'));

    expect(look(waiting, now + 2_500, blind).state.known.vote).toEqual({ retries: 1, at: now + 2_000 });
    expect(look(waiting, now + 2_500, healed).state.known.vote).toBeUndefined();
  });

  it('go on when the clock was put back', () => {
    const waiting = look(protecting(), now).state;

    expect(look(waiting, now - 60_000).state.known.vote).toEqual({ retries: 1, at: now - 60_000 });
  });

  it('stay at their last while a majority is required, and a person is asked', () => {
    const strict = witnessed(['w1', 'w2'], { majority: 'required' });
    let state = countedOut();
    const first = assess({ pair: strict, state, observation: undecided, now, digest });
    state = { ...state, known: first.remember ?? state.known };
    const later = assess({ pair: strict, state, observation: undecided, now: now + 60_000, digest });

    expect(first.next).toMatchObject({ kind: 'refuse', refusal: { code: 'NoQuorum' } });
    expect(later.next).toMatchObject({ kind: 'ask', gate: 'keepSite', choices: ['site-a', 'site-b'] });
    expect(later.remember?.vote ?? state.known.vote).toEqual({ retries: 3, at: now - 2_000 });
  });

  it('are asked for only where they could decide', () => {
    const state = protecting();
    const sickB: Seen = { a: split.a, b: { ...split.b, endpoint: { health: 'UNHEALTHY' } } };
    const detachedB: Seen = { a: split.a, b: { ...split.b, backup: 'offline' } };
    const halfFenced: Seen = { a: split.a, b: { ...split.b, endpoint: undefined } };

    expect(lacksMajority(pair, state, undecided)).toBe(true);
    for (const seen of [sickB, detachedB, halfFenced]) {
      expect(lacksMajority(pair, state, withSightings(seen, each('site-a', 'site-b')))).toBe(false);
    }
    expect(lacksMajority(witnessed([]), state, undecided)).toBe(false);
    expect(lacksMajority(witnessed(['w1', 'w2'], { majority: 'advises' }), state, undecided)).toBe(false);
    expect(lacksMajority(witnessed(['w1', 'w2'], { majority: 'advises', preferredSite: null }), state, undecided)).toBe(
      true,
    );
  });

  it('are not waited for once roles are latched', () => {
    expect(choose(pair, undecided, latched(protecting()))).toMatchObject({ roles: { keepSite: 'site-a' } });
  });
});

describe('a kept site that is lost before anything was detached', () => {
  const lost: Seen = { a: { ...split.a, endpoint: { health: 'UNHEALTHY' } }, b: { ...split.b, endpoint: undefined } };
  const losing = (said: Record<string, Witnessing>, majority: 'decides' | 'required') => {
    const state = removed(protecting(), { keepSiteLostSince: now - 60_000 });
    const observation = withSightings(lost, said);
    return assess({ pair: witnessed(['w1'], { majority }), state, observation, now, digest }).next;
  };

  it('gives way by itself where the other one has the majority, or none is required', () => {
    const back = { kind: 'do', command: { kind: 'addEndpoint', site: 'site-b' } };

    expect(losing({ w1: { silent: true } }, 'decides')).toMatchObject(back);
    expect(losing(each('site-b'), 'required')).toMatchObject(back);
    expect(losing(each('both'), 'required')).toMatchObject(back);
  });

  it('has a person asked where a majority is required and the other one has none', () => {
    expect(losing({ w1: { silent: true } }, 'required')).toMatchObject({ kind: 'ask', gate: 'keepSite' });
    expect(losing(each('site-a'), 'required')).toMatchObject({ kind: 'ask', gate: 'keepSite' });
  });
});

it('a person who names the site to fence is asked for no majority', () => {
  const state = protecting();
  const request = { id: 'r', goal: 'fence', site: 'site-a', by: 'alice', reason: 'a test', at: now } as const;
  const asked: RunState = { ...state, heard: { ...state.heard, requests: [request] } };
  const observation = withSightings(split, each('site-a'));

  const { next } = assess({
    pair: witnessed(['w1'], { majority: 'required' }),
    state: asked,
    observation,
    now,
    digest,
  });

  expect(next).toMatchObject({ kind: 'do', command: { kind: 'removeEndpoint', site: 'site-a' } });
});

it('what a person answers at the gate keepSite needs no majority either', () => {
  const state = countedOut();
  const decision = {
    kind: 'approve',
    gate: 'keepSite',
    site: 'site-b',
    by: 'alice',
    how: 'cli',
    reason: 'a test',
  } as const;
  const decided: RunState = { ...state, heard: { ...state.heard, decisions: [{ ...decision, at: now, epoch: 0 }] } };
  const observation = withSightings(split, each('site-a', 'site-b'));

  const { next } = assess({
    ...{ pair: witnessed(['w1', 'w2'], { majority: 'required' }), state: decided },
    ...{ observation, now, digest },
  });

  expect(next).toMatchObject({ kind: 'do', command: { kind: 'removeEndpoint', site: 'site-a', keepSite: 'site-b' } });
});
