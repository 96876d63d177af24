import fc from 'fast-check';
import { countVotes, type Voter } from '../../../domain/quorum';

const one = (...names: string[]): Voter[] => names.map((name) => ({ name, votes: 1 }));

describe('a quorum', () => {
  it.each<[string, number, number, string | undefined]>([
    ['two voters, one each', 1, 1, undefined],
    ['two of three', 2, 1, 'a'],
    ['four voters splitting 2-2', 2, 2, undefined],
    ['four voters splitting 3-1', 3, 1, 'a'],
    ['five voters splitting 3-2', 2, 3, 'b'],
    ['three of six', 3, 3, undefined],
  ])('is strictly more than half: %s', (_case, a, b, winner) => {
    const voters = one(...Array.from({ length: a + b }, (_, index) => `v${index}`));
    const names = voters.map(({ name }) => name);

    const counted = countVotes(voters, { a: names.slice(0, a), b: names.slice(a) });

    expect(counted).toMatchObject({ configured: a + b, votes: { a, b } });
    expect(counted.winner).toBe(winner);
  });

  it('is of the configured votes: five voters splitting 2-2-1, and 2 of 5 that were cast, decide nothing', () => {
    const voters = one('v1', 'v2', 'v3', 'v4', 'v5');

    const threeSides = countVotes(voters, { a: ['v1', 'v2'], b: ['v3', 'v4'], c: ['v5'] });
    const mostlySilent = countVotes(voters, { a: ['v1', 'v2'], b: [] });

    expect(threeSides).toEqual({
      configured: 5,
      needed: 3,
      votes: { a: 2, b: 2, c: 1 },
      countsFor: { v1: 'a', v2: 'a', v3: 'b', v4: 'b', v5: 'c' },
      winner: undefined,
    });
    expect(mostlySilent).toMatchObject({ needed: 3, votes: { a: 2, b: 0 }, winner: undefined });
  });

  it('counts a voter that both sides see once: for the side that is ahead without it', () => {
    const counted = countVotes(one('v1', 'v2', 'v3', 'v4'), { a: ['v1', 'v2', 'v4'], b: ['v3', 'v4'] }, 'b');

    expect(counted).toMatchObject({ votes: { a: 3, b: 1 }, countsFor: { v4: 'a' }, winner: 'a' });
  });

  it('counts such a voter for the tie-break where neither is ahead, and for nobody where there is none', () => {
    const seenBy = { a: ['v1', 'v3'], b: ['v2', 'v3'] };
    const voters = one('v1', 'v2', 'v3');

    expect(countVotes(voters, seenBy, 'b')).toMatchObject({ votes: { a: 1, b: 2 }, winner: 'b' });
    expect(countVotes(voters, seenBy)).toMatchObject({ votes: { a: 1, b: 1 }, winner: undefined });
    expect(countVotes(voters, seenBy, 'c')).toMatchObject({ votes: { a: 1, b: 1 }, winner: undefined });
  });

  it('weighs votes, and hears nobody who is not configured', () => {
    const voters = [...one('v1', 'v2'), { name: 'heavy', votes: 3 }, { name: 'looker', votes: 0 }];

    const counted = countVotes(voters, { a: ['v1', 'v2', 'looker', 'stranger', 'v1'], b: ['heavy'] });

    expect(counted).toMatchObject({ configured: 5, needed: 3, votes: { a: 2, b: 3 }, winner: 'b' });
  });

  const partition = fc.integer({ min: 1, max: 7 }).chain((count) => {
    const names = Array.from({ length: count }, (_, index) => `v${index}`);
    return fc.record({
      voters: fc.tuple(...names.map((name) => fc.record({ name: fc.constant(name), votes: fc.nat({ max: 3 }) }))),
      seenBy: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.subarray(names), { minKeys: 1 }),
      inDoubt: fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined }),
    });
  });

  it('of any voters in any partition counts nobody twice, has one winner at most, and knows no order', () => {
    fc.assert(
      fc.property(partition, ({ voters, seenBy, inDoubt }) => {
        const counted = countVotes(voters, seenBy, inDoubt);

        const cast = Object.values(counted.votes).reduce((sum, votes) => sum + votes, 0);
        expect(cast).toBeLessThanOrEqual(counted.configured);
        const winners = Object.entries(counted.votes).filter(([, votes]) => votes * 2 > counted.configured);
        expect(winners.map(([side]) => side)).toEqual(counted.winner === undefined ? [] : [counted.winner]);
        const turned = Object.fromEntries(
          Object.entries(seenBy)
            .reverse()
            .map(([side, names]) => [side, [...names].reverse()]),
        );
        const again = countVotes([...voters].reverse(), turned, inDoubt);
        expect(again.votes).toEqual(counted.votes);
        expect(again.winner).toBe(counted.winner);
      }),
    );
  });

  it('needs as many votes when voters are silent', () => {
    fc.assert(
      fc.property(partition, fc.nat(), ({ voters, seenBy, inDoubt }, index) => {
        const silent = voters[index % voters.length]?.name;
        const heard = Object.fromEntries(
          Object.entries(seenBy).map(([side, names]) => [side, names.filter((name) => name !== silent)]),
        );

        expect(countVotes(voters, heard, inDoubt).needed).toBe(countVotes(voters, seenBy, inDoubt).needed);
      }),
    );
  });
});
