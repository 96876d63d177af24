import { configHash, effectiveConfig, listenAddress, toSitePair } from '../../../config';
import { exampleData, loaded } from './a-config';

/* eslint-disable @typescript-eslint/no-explicit-any */
const hashAfter = (change: (data: any) => void): string => {
  const data = exampleData();
  change(data);
  return configHash(loaded(data), 'keycloak-prod');
};

describe('the hash of a pair', () => {
  const unchanged = hashAfter(() => undefined);

  it('is 8 hex digits', () => {
    expect(unchanged).toMatch(/^[0-9a-f]{8}$/);
  });

  it('does not depend on the order of keys, on defaults written out, or on other sections', () => {
    const reordered = hashAfter((data) => {
      data.sitePairs[0] = Object.fromEntries(Object.entries(data.sitePairs[0]).reverse());
      delete data.sitePairs[0].policy.stableSeconds;
      data.sitePairs[0].policy.gates.siteOnline.expires = '240m';
      data.webhook.listen = '127.0.0.1:9999';
    });

    expect(reordered).toBe(unchanged);
  });

  it('depends on every setting of the pair', () => {
    expect(hashAfter((data) => (data.sitePairs[0].policy.stableSeconds = 61))).not.toBe(unchanged);
    expect(hashAfter((data) => (data.sitePairs[0].sites[1].endpoint.weight = 127))).not.toBe(unchanged);
  });

  it('of a pair that does not exist is a mistake of the caller', () => {
    expect(() => configHash(loaded(exampleData()), 'nobody')).toThrow('no pair "nobody"');
  });
});

describe('the pair as the rules see it', () => {
  const gate = { notRequester: false, reasonRequired: true, unattributed: 'accept' };

  it('has names and policy, but no address and no secret', () => {
    const [pair] = loaded(exampleData()).sitePairs;

    expect(toSitePair(pair!)).toEqual({
      name: 'keycloak-prod',
      mode: 'act',
      sites: ['site-a', 'site-b'],
      caches: ['actionTokens', 'authenticationSessions', 'loginFailures', 'work'],
      endpoints: {
        'site-a': { weight: 128, clientIpPreservation: false },
        'site-b': { weight: 128, clientIpPreservation: false },
      },
      workloads: { 'site-a': 'exec', 'site-b': 'manual' },
      policy: {
        preferredSite: 'site-a',
        stableSeconds: 60,
        quorum: { majority: 'decides', retries: 3, waitSeconds: 2, staleSeconds: 10 },
        whenPutBack: 'repair',
        soakSeconds: 600,
        healthyWithinSeconds: 120,
        gates: {
          fence: { ...gate, approvals: 0 },
          fenceDiverging: { ...gate, approvals: 0 },
          keepSite: { ...gate, approvals: 1 },
          synchronize: { ...gate, approvals: 1, from: ['sre'], unattributed: 'refuse' },
          siteOnline: {
            approvals: 2,
            from: ['sre', 'iam-owners'],
            notRequester: true,
            reasonRequired: true,
            unattributed: 'refuse',
            expiresSeconds: 4 * 3_600,
            remindSeconds: 30 * 60,
          },
          siteOffline: { ...gate, approvals: 0 },
          admitStaleSite: { ...gate, approvals: 1, unattributed: 'refuse' },
        },
      },
    });
  });

  it('tells a site whose application is a Keycloak, and nothing of how it is reached', () => {
    const data = exampleData();
    data.sitePairs[0].sites[1].workload = {
      keycloak: {
        ...{ stop: ['/bin/stop'], start: ['/bin/start'], status: ['/bin/status'] },
        lbCheck: 'https://kc.example/lb-check?token=hunter2',
        admin: { url: 'https://kc.example', clientId: 'sitewarden', secret: 'env:KEYCLOAK' },
      },
    };
    const config = loaded(data);

    expect(toSitePair(config.sitePairs[0]!).workloads).toEqual({ 'site-a': 'exec', 'site-b': 'keycloak' });
    expect(effectiveConfig(config)).toContain('lbCheck: https://kc.example/lb-check?...');
    expect(effectiveConfig(config)).not.toContain('hunter2');
  });

  it('tells a site without a word about its application as one that nobody stops', () => {
    const data = exampleData();
    for (const site of data.sitePairs[0].sites) delete site.workload;

    const [pair] = loaded(data).sitePairs;

    expect(toSitePair(pair!).workloads).toEqual({ 'site-a': 'none', 'site-b': 'none' });
  });
});

describe('a listen address', () => {
  it.each([
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    ['[::1]:8080', { host: '::1', port: 8080 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
  ])('%s', (listen, expected) => {
    expect(listenAddress(listen)).toEqual(expected);
  });
});
