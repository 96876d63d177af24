import { readinessEverySeconds, sitesBesideTemporal, toSitePair } from '../../../config';
import { exampleData, loaded, problemsAfter } from './a-config';

/* eslint-disable @typescript-eslint/no-explicit-any */
function everySeconds(change: (data: any) => void): number {
  const data = exampleData();
  change(data);
  const config = loaded(data);
  return readinessEverySeconds(config, config.sitePairs[0]!);
}

describe('how often a pair is looked through in peace time', () => {
  it('is every 30 minutes, unless the installation says otherwise, or the pair itself', () => {
    expect(everySeconds(() => undefined)).toBe(1_800);
    expect(everySeconds((data) => (data.readiness = { every: '1h' }))).toBe(3_600);
    expect(
      everySeconds((data) => {
        data.readiness = { every: '1h' };
        data.sitePairs[0].readiness = { every: '10m' };
      }),
    ).toBe(600);
  });

  it.each(['10s', '2d', 'never', 30])('cannot be %s', (every) => {
    const { problems } = problemsAfter((data) => (data.readiness = { every }));

    expect(problems).toMatchObject([
      { path: 'readiness.every', what: expect.stringContaining('a length of time from 1m to 1d') },
    ]);
  });
});

describe('where our own parts stand', () => {
  it('is what the pair declares, and unknown without it', () => {
    const data = exampleData();
    data.sitePairs[0].placement = { worker: 'outside', temporal: 'site-a' };

    expect(toSitePair(loaded(data).sitePairs[0]!).placement).toEqual({ worker: 'outside', temporal: 'site-a' });
    expect(toSitePair(loaded(exampleData()).sitePairs[0]!)).not.toHaveProperty('placement');
  });

  it('cannot be a site of another pair', () => {
    const { problems } = problemsAfter((data) => (data.sitePairs[0].placement = { temporalStore: 'site-c' }));

    expect(problems).toMatchObject([
      {
        path: 'sitePairs[0].placement.temporalStore',
        what: expect.stringContaining('this is neither outside nor one of the two sites of the pair'),
        instead: 'Write outside, or site-a or site-b.',
      },
    ]);
  });

  it.each([
    ['temporal.example:7233', 'https://infinispan.site-b.example:11222', []],
    ['infinispan.site-b.example:7233', 'https://infinispan.site-b.example:11222', ['site-b']],
    ['[2001:db8::1]:7233', 'https://[2001:db8::1]:11222', ['site-b']],
    ['127.0.0.1:7233', 'https://127.0.0.1:11222', []],
  ])('is contradicted by Temporal at %s where a site is at %s: %j', (address, url, expected) => {
    const data = exampleData();
    data.temporal = { address };
    data.sitePairs[0].sites[1].infinispan.url = url;
    const config = loaded(data);

    expect(sitesBesideTemporal(config, config.sitePairs[0]!)).toEqual(expected);
  });
});

describe('the Alertmanagers whose configuration is read', () => {
  it('are none, unless configured; Sitewarden is its receiver "sitewarden"', () => {
    const data = exampleData();
    data.readiness = { alertmanagers: [{ url: 'https://alertmanager.example:9093' }] };

    expect(loaded(exampleData()).readiness.alertmanagers).toEqual([]);
    expect(loaded(data).readiness.alertmanagers).toEqual([
      { url: 'https://alertmanager.example:9093', allowPlaintext: false, receiver: 'sitewarden', notifying: [] },
    ]);
  });

  it.each([
    ['a password in clear text', { credentials: { secret: 'env:AM' } }, ['url']],
    ['a CA without https', { ca: 'file:ca.pem' }, ['ca']],
    ['both, in a lab', { credentials: { secret: 'env:AM' }, allowPlaintext: true }, []],
  ])('over http: %s', (_name, keys, wrong) => {
    const { problems } = problemsAfter(
      (data) => (data.readiness = { alertmanagers: [{ url: 'http://alertmanager.example:9093', ...keys }] }),
    );

    expect(problems.map(({ path }) => path)).toEqual(wrong.map((key) => `readiness.alertmanagers[0].${key}`));
  });
});
