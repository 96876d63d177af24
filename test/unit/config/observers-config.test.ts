import { effectiveConfig, toSitePair } from '../../../config';
import { exampleData, loaded, problemsAfter } from './a-config';

/* eslint-disable @typescript-eslint/no-explicit-any -- data as YAML has it, right or wrong */
const withObservers = (observers: unknown) => (data: any) => void (data.sitePairs[0].observers = observers);
const base = 'sitePairs[0].observers[0]';

describe('observers in the configuration', () => {
  it('are none unless a pair names some', () => {
    const config = loaded(exampleData());

    expect(config.sitePairs[0]?.observers).toBeUndefined();
    expect(toSitePair(config.sitePairs[0]!)).not.toHaveProperty('observers');
    expect(config.observer).toEqual({ health: { listen: '127.0.0.1:9091' } });
  });

  it('look when they are asked, and have one vote, unless told otherwise', () => {
    const data = exampleData();
    withObservers([{ name: 'third' }, { name: 'in-a', site: 'site-a', votes: 0, watch: {} }])(data);

    const pair = loaded(data).sitePairs[0]!;

    expect(pair.observers).toEqual([
      { name: 'third', votes: 1 },
      { name: 'in-a', site: 'site-a', votes: 0, watch: { everySeconds: 2, confirmations: 3 } },
    ]);
    expect(toSitePair(pair).observers).toEqual([
      { name: 'third', votes: 1 },
      { name: 'in-a', site: 'site-a', votes: 0 },
    ]);
  });

  it('are shown without the query of their URL, which may hold a token', () => {
    const data = exampleData();
    withObservers([{ name: 'third', accelerator: { url: 'https://login.example/health?token=abc' } }])(data);

    expect(effectiveConfig(loaded(data))).toContain('url: https://login.example/health?...');
  });

  it.each<[string, unknown, string, RegExp]>([
    ['none', [], 'sitePairs[0].observers', /list is empty/],
    ['no list', { name: 'third' }, 'sitePairs[0].observers', /must be a list of observers/],
    ['a name with blanks', [{ name: 'the third' }], `${base}.name`, /no name of an observer/],
    ['too many votes', [{ name: 'third', votes: 10 }], `${base}.votes`, /whole number from 0 to 9/],
    ['no watch at all', [{ name: 'third', watch: true }], `${base}.watch`, /must be a mapping/],
    ['no confirmation', [{ name: 'third', watch: { confirmations: 0 } }], `${base}.watch.confirmations`, /1 to 100/],
    ['an unknown key', [{ name: 'third', vote: 1 }], `${base}.vote`, /no such key/],
    ['no URL', [{ name: 'third', accelerator: { url: 'login' } }], `${base}.accelerator.url`, /no URL/],
    ['a site that is none', [{ name: 'third', site: 'site-c' }], `${base}.site`, /none of the two sites/],
    ['the name of a site', [{ name: 'site-a' }], `${base}.name`, /a site of this pair has this name/],
    ['the name of the worker', [{ name: 'worker' }], `${base}.name`, /the worker is called so/],
    ['the name of the accelerator', [{ name: 'accelerator' }], `${base}.name`, /the accelerator is called so/],
    [
      'one name twice',
      [{ name: 'third' }, { name: 'third' }],
      'sitePairs[0].observers[1].name',
      /another observer of this pair has this name/,
    ],
    [
      'a CA for http',
      [{ name: 'third', accelerator: { url: 'http://login.example', ca: 'file:ca.pem' } }],
      `${base}.accelerator.ca`,
      /no use for a URL that is not https/,
    ],
  ])('%s: is refused, at its place', (_, observers, path, what) => {
    const { problems } = problemsAfter(withObservers(observers));

    expect(problems[0]).toMatchObject({ path, what: expect.stringMatching(what), line: expect.any(Number) });
    expect(problems[0]?.instead.length).toBeGreaterThan(10);
  });
});

describe("the check of an observer's own network", () => {
  const withNetwork = (network: unknown) => (data: any) => void (data.observer = { network });

  it('has the keys and defaults of that of a sentinel', () => {
    const data = exampleData();
    withNetwork({ addresses: ['192.0.2.1'] })(data);

    expect(loaded(data).observer.network).toEqual({
      addresses: ['192.0.2.1'],
      ...{ urls: [], periodSeconds: 5, timeoutMs: 1_000, rounds: 3 },
    });
  });

  it.each<[string, unknown, string, RegExp]>([
    ['nothing to ask', {}, 'observer.network', /names nothing to ask/],
    [
      'a ping that asks no address',
      { addresses: ['192.0.2.1'], ping: ['ping', '-c', '1'] },
      'observer.network.ping',
      /asks no address/,
    ],
    ['an unknown key', { addresses: ['192.0.2.1'], round: 3 }, 'observer.network.round', /no such key/],
  ])('%s: is refused, at its place', (_, network, path, what) => {
    const { problems } = problemsAfter(withNetwork(network));

    expect(problems[0]).toMatchObject({ path, what: expect.stringMatching(what) });
    expect(problems[0]?.instead.length).toBeGreaterThan(10);
  });
});
