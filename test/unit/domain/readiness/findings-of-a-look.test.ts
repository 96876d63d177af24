import { findingsOfALook } from '../../../../domain/readiness/assess-readiness';
import type { CacheConfiguration, ReadinessFacts, ServerInfo } from '../../../../domain/readiness/facts';
import { hasCommands, type SitePair } from '../../../../domain/site-pair';
import { fine, observed, pair as usual, read, unread, type Seen } from '../../../support/observations';

type Sites = ReadinessFacts['sites'];

const pair: SitePair = { ...usual, workloads: { 'site-a': 'keycloak', 'site-b': 'keycloak' } };
const right: CacheConfiguration = {
  transactionMode: 'NON_DURABLE_XA',
  backup: { strategy: 'SYNC', failurePolicy: 'FAIL' },
};
const server: ServerInfo = { version: '26.7.3', issuer: 'https://login.example/realms/master' };
const ready: Sites = {
  'site-a': { caches: read({ sessions: right, work: right }), server: read(server) },
  'site-b': { caches: read({ sessions: right, work: right }), server: read(server) },
};

const withCaches = (caches: Record<string, CacheConfiguration | 'absent'>): Sites => ({
  ...ready,
  'site-b': { ...ready['site-b']!, caches: read(caches) },
});
const withServer = (other: Partial<ServerInfo>): Sites => ({
  ...ready,
  'site-b': { ...ready['site-b']!, server: read({ ...server, ...other }) },
});
const findings = (sites: Sites, seen: Seen = {}, of = pair) =>
  findingsOfALook(of, { observation: observed(seen), sites, siteTags: {}, devices: {} });

describe('the readiness of a pair', () => {
  it('has no finding where caches refuse what the other site does not take, and both sites are alike', () => {
    expect(findings(ready)).toEqual([]);
  });

  it.each<[string, CacheConfiguration | 'absent', RegExp, RegExp, RegExp]>([
    [
      'NON_XA with FAIL',
      { ...right, transactionMode: 'NON_XA' },
      /^site-b, sessions, work: transaction mode NON_XA with failure policy FAIL$/,
      /204 to writes that it does not make: they are lost, and nothing looks broken/,
      /NON_DURABLE_XA.*create it anew/,
    ],
    [
      'an ASYNC backup',
      { ...right, backup: { strategy: 'ASYNC', failurePolicy: 'FAIL' } },
      /^site-b, sessions, work: the backup to site-a is ASYNC$/,
      /answered before site-a has it.*lost, and nobody is told/,
      /strategy="SYNC"/,
    ],
    ...(['WARN', 'IGNORE', 'CUSTOM'] as const).map(
      (failurePolicy): [string, CacheConfiguration, RegExp, RegExp, RegExp] => [
        failurePolicy,
        { ...right, backup: { strategy: 'SYNC', failurePolicy } },
        /^site-b, sessions, work: the failure policy of the backup to site-a is not FAIL$/,
        /in a split site-b accepts writes that site-a never gets.*discarded/,
        /failure-policy="FAIL" at site-b/,
      ],
    ),
    [
      'no backup',
      { transactionMode: 'NON_DURABLE_XA' },
      /^site-b, sessions, work: there is no backup to site-a$/,
      /at site-b alone/,
      /<backup site="site-a"/,
    ],
    [
      'no cache',
      'absent',
      /^site-b has no cache sessions, work, which the configuration names$/,
      /nothing of it is replicated/,
      /create it at site-b, or take it out of replication\.infinispan\.caches/,
    ],
  ])('%s: names what it is, what comes of it, and what to do', (_what, configuration, what, consequence, fix) => {
    expect(findings(withCaches({ work: configuration, sessions: configuration }))).toEqual([
      {
        what: expect.stringMatching(what) as string,
        consequence: expect.stringMatching(consequence) as string,
        fix: expect.stringMatching(fix) as string,
      },
    ]);
  });

  it.each(['NON_XA', 'NONE', 'BATCH'] as const)('a backup that refuses nothing loses nothing more by %s', (mode) => {
    const caches = {
      sessions: right,
      work: { transactionMode: mode, backup: { strategy: 'SYNC', failurePolicy: 'WARN' } },
    };

    expect(findings(withCaches(caches as Record<string, CacheConfiguration>))).toHaveLength(1);
  });

  it('names only the caches that are meant', () => {
    const [finding, ...others] = findings(
      withCaches({ sessions: right, work: { ...right, transactionMode: 'NON_XA' } }),
    );

    expect(others).toEqual([]);
    expect(finding?.what).toMatch(/^site-b, work: /);
  });

  it.each([
    [
      'mixed',
      { sessions: 'online', work: 'offline' },
      'site-a, work: the backup to site-b is offline, the others online (mixed)',
    ],
    [
      'all offline',
      { sessions: 'offline', work: 'offline' },
      'site-a, sessions, work: the backup to site-b is offline',
    ],
    [
      'two ways',
      { sessions: 'mixed', work: 'offline' },
      'site-a, sessions, work: the backup to site-b is mixed and offline',
    ],
  ] as const)('in peace a status that is not online is a finding: %s', (_how, backups, what) => {
    const [finding, ...others] = findings(ready, { a: { ...fine, backups } });

    expect(others).toEqual([]);
    expect(finding).toEqual({
      what,
      consequence: 'site-b is not told what changes at site-a, while both serve and every health check says 200',
      fix: expect.stringContaining('sitewarden fence keycloak-prod --site site-b') as string,
    });
  });

  it.each<[string, Seen]>([
    ['in a split', { a: { ...fine, sees: false, backup: 'offline' } }],
    ['while a site is fenced', { a: { ...fine, backup: 'offline' }, b: { ...fine, endpoint: undefined } }],
    ['while traffic is unknown', { a: { ...fine, backup: 'offline' }, trafficUnread: true }],
    ['where it could not be read', { a: { ...fine, backup: undefined } }],
  ])('%s a status is none: it is looked after elsewhere', (_when, seen) => {
    expect(findings(ready, seen)).toEqual([]);
  });

  it('two versions are a finding', () => {
    expect(findings(withServer({ version: '26.6.0' }))).toEqual([
      {
        what: 'site-a runs Keycloak 26.7.3, site-b runs 26.6.0',
        consequence: expect.stringContaining('one may not read what the other wrote') as string,
        fix: expect.stringContaining('same version') as string,
      },
    ]);
  });

  it('two host names are a finding', () => {
    expect(findings(withServer({ issuer: 'http://127.0.0.1:8280/realms/master' }))).toEqual([
      {
        what: 'site-a issues tokens as https://login.example/realms/master, site-b as http://127.0.0.1:8280/realms/master',
        consequence: expect.stringContaining('refused at the other') as string,
        fix: expect.stringContaining('--hostname') as string,
      },
    ]);
  });

  it('what a server says of itself cannot draw on a page', () => {
    const [finding] = findings(withServer({ version: '26.6.0\n\u001b[2J' }));

    expect(finding?.what).toBe('site-a runs Keycloak 26.7.3, site-b runs 26.6.0 [2J');
  });

  it('what could not be read is a finding as well: nothing is known of it', () => {
    const unknown: Sites = {
      'site-a': { caches: unread('InfinispanDenied'), server: unread('KeycloakDenied') },
      'site-b': ready['site-b']!,
    };

    expect(findings(unknown).map(({ what, fix }) => [what, fix])).toEqual([
      [expect.stringContaining('caches of site-a') as string, expect.stringContaining('InfinispanDenied') as string],
      [expect.stringContaining('Keycloak of site-a') as string, expect.stringContaining('KeycloakDenied') as string],
    ]);
    expect(findings({}).map(({ what }) => what)).toEqual([
      expect.stringContaining('site-a are configured could not be read (NotObserved)'),
      expect.stringContaining('site-b are configured could not be read (NotObserved)'),
      expect.stringContaining('Keycloak of site-a has could not be read (NotObserved)'),
      expect.stringContaining('Keycloak of site-b has could not be read (NotObserved)'),
    ]);
  });

  it('of a site whose replication could not be read either nothing more is said of its caches', () => {
    const silent: Sites = { ...ready, 'site-b': { caches: unread(), server: unread('KeycloakUnreachable') } };

    expect(findings(silent, { b: { endpoint: fine.endpoint } }).map(({ what }) => what)).toEqual([
      expect.stringContaining('Keycloak of site-b has could not be read (KeycloakUnreachable)'),
    ]);
  });

  it.each(['exec', 'manual', 'none'] as const)('an application that is %s is asked for nothing', (kind) => {
    const unasked: Sites = {
      'site-a': { ...ready['site-a']!, server: unread('NotObserved') },
      'site-b': { ...ready['site-b']!, server: unread('NotObserved') },
    };
    const workloads = { 'site-a': kind, 'site-b': kind };

    expect(findings(unasked, {}, { ...pair, workloads })).toEqual([]);
  });
});

it.each([
  ['exec', true],
  ['keycloak', true],
  ['manual', false],
  ['none', false],
] as const)('a site with workload %s is stopped and started by commands: %s', (kind, expected) => {
  expect(hasCommands({ workloads: { 'site-a': kind } }, 'site-a')).toBe(expected);
});
