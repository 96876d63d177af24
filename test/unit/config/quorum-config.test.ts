import { effectiveConfig, toSitePair } from '../../../config';
import { exampleData, loaded, problemsAfter } from './a-config';

/* eslint-disable @typescript-eslint/no-explicit-any */
const of = (change: (pair: any) => void) => problemsAfter((data) => change(data.sitePairs[0])).problems;

function pairWith(change: (pair: any) => void) {
  const data = exampleData();
  change(data.sitePairs[0]);
  return toSitePair(loaded(data).sitePairs[0]!);
}

const check = { name: 'database', tcp: 'database.site-a.example:5432' };

describe('the quorum of a pair', () => {
  it('is as written, with defaults for the rest', () => {
    const { policy } = pairWith((pair) => (pair.policy.quorum = { majority: 'advises', retries: 0 }));

    expect(policy.quorum).toEqual({ majority: 'advises', retries: 0, waitSeconds: 2, staleSeconds: 10 });
  });

  it('cannot be required where nobody but the sites has a vote', () => {
    const required = { majority: 'required' };

    expect(of((pair) => (pair.policy.quorum = required))).toMatchObject([
      { path: 'sitePairs[0].policy.quorum.majority', what: expect.stringContaining('no observer with a vote') },
    ]);
    const lookers = of((pair) =>
      Object.assign(pair, { observers: [{ name: 'third', votes: 0 }], policy: { quorum: required } }),
    );
    expect(lookers.map(({ path }) => path)).toContain('sitePairs[0].policy.quorum.majority');
    const voters = of((pair) =>
      Object.assign(pair, { observers: [{ name: 'third', votes: 1 }], policy: { quorum: required } }),
    );
    expect(voters.map(({ path }) => path)).not.toContain('sitePairs[0].policy.quorum.majority');
  });

  it('takes no age at which a look at a silent site would make every witness too old', () => {
    expect(of((pair) => (pair.policy.quorum = { staleSeconds: 2 }))[0]?.path).toContain('policy.quorum.staleSeconds');
    expect(of((pair) => (pair.policy.quorum = { staleSeconds: 3 }))).toEqual([]);
  });

  it('is refused with the words that are known', () => {
    expect(of((pair) => (pair.policy.quorum = { majority: 'always' }))[0]?.what).toContain(
      'this is neither decides, advises nor required',
    );
  });
});

describe('the scored checks of a site', () => {
  it("are told to the rules by name and score, with qdisk's minimum", () => {
    const { heuristics } = pairWith((pair) => {
      pair.sites[1].heuristics = { checks: [check, { name: 'ping', command: ['ping', '-c1', 'file:x'], score: 2 }] };
    });

    expect(heuristics).toEqual({ 'site-b': { minimum: 2, checks: { database: 1, ping: 2 } } });
  });

  it('have the minimum that is written, and none of a site without any', () => {
    const scored = pairWith((pair) => (pair.sites[0].heuristics = { minimum: 0, checks: [check] }));

    expect(scored.heuristics).toEqual({ 'site-a': { minimum: 0, checks: { database: 1 } } });
    expect(pairWith(() => undefined)).not.toHaveProperty('heuristics');
  });

  it('are shown without the queries of their URLs, and the arguments of commands stay as they are', () => {
    const data = exampleData();
    data.sitePairs[0].sites[0].heuristics = {
      checks: [
        { name: 'page', url: 'https://site-a.example/health?token=hunter2' },
        { name: 'script', command: ['/bin/check', 'file:relative'] },
      ],
    };
    const text = effectiveConfig(loaded(data));

    expect(text).toContain('url: https://site-a.example/health?...');
    expect(text).not.toContain('hunter2');
    expect(text).toContain('- file:relative');
  });

  it.each<[string, any, string, string]>([
    ['nothing to check', { checks: [{ name: 'x' }] }, 'checks[0]', 'nothing says what is checked'],
    [
      'two things to check',
      { checks: [{ ...check, url: 'https://x.example' }] },
      'checks[0]',
      'there are both url and tcp',
    ],
    ['one name twice', { checks: [check, check] }, 'checks[1].name', 'another check of this site has this name'],
    ['a CA without https', { checks: [{ ...check, ca: 'file:ca.pem' }] }, 'checks[0].ca', 'a CA has no use'],
    ['a minimum that nothing reaches', { minimum: 2, checks: [check] }, 'minimum', 'the checks together score 1'],
    ['no checks', { checks: [] }, 'checks', 'the list is empty'],
    ['an address without a port', { checks: [{ name: 'x', tcp: 'x' }] }, 'checks[0].tcp', 'this is no host:port'],
    ['a port that is none', { checks: [{ name: 'x', tcp: 'x:65536' }] }, 'checks[0].tcp', 'from 1 to 65535'],
    ['port 0', { checks: [{ name: 'x', tcp: '[::1]:0' }] }, 'checks[0].tcp', 'from 1 to 65535'],
    [
      'a command that is a text',
      { checks: [{ name: 'x', command: 'ping' }] },
      'checks[0].command',
      'a list of program',
    ],
    ['no tries at all', { checks: [{ ...check, tko: 0 }] }, 'checks[0].tko', 'a whole number from 1 to 100'],
  ])('are refused with %s', (_case, heuristics, path, what) => {
    const problems = of((pair) => (pair.sites[0].heuristics = heuristics));

    expect(problems).toContainEqual(
      expect.objectContaining({
        path: `sitePairs[0].sites[0].heuristics.${path}`,
        what: expect.stringContaining(what) as unknown,
      }),
    );
  });

  it('of the wrong type are left to the schema', () => {
    const odd = of((pair) => (pair.sites[0].heuristics = { minimum: 5, checks: [{ ...check, score: 'x' }] }));

    expect(odd.map(({ path }) => path)).toEqual(['sitePairs[0].sites[0].heuristics.checks[0].score']);
    expect(of((pair) => (pair.sites[0].heuristics = 'x'))).toHaveLength(1);
  });
});
