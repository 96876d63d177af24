import { createAssessPair, createObservePair } from '../../../activities/assess-pair';
import type { ActivityDependencies } from '../../../activities/dependencies';
import { newRunState } from '../../../domain/state';
import { pair } from '../../support/observations';
import type { SitePair } from '../../../domain/site-pair';
import { fakeArchive } from '../../support/fake-archive';
import { fakeTemporalServer } from '../../support/fake-temporal-server';
import { FakeHeuristics } from '../../support/fake-heuristics';
import { FakeKeycloak } from '../../support/fake-keycloak';
import { FakeWorld } from '../../support/fake-world';
import { latched } from '../../support/run-states';

describe('a look at a pair outside any run', () => {
  let world: FakeWorld;
  let tagsRead: number;
  beforeEach(() => {
    world = new FakeWorld({ caches: pair.caches });
    tagsRead = 0;
  });

  function dependencies(of: SitePair = pair): ActivityDependencies {
    const fakes = {
      ...world.gateways(),
      ...(of.heuristics && { heuristics: { 'site-a': new FakeHeuristics({ database: 1 }) } }),
    };
    const siteTags = {
      readSiteTags: (signal: AbortSignal) => {
        tagsRead += 1;
        return fakes.siteTags.readSiteTags(signal);
      },
    };
    return {
      sitePairs: new Map([[of.name, { pair: of, configHash: 'cafe0000', gateways: { ...fakes, siteTags } }]]),
      clock: { now: () => 1_000, monotonicMs: () => 0 },
      digest: (text) => text,
      journal: new Proxy({} as ActivityDependencies['journal'], { get: () => () => undefined }),
      archive: fakeArchive(),
      temporal: fakeTemporalServer(),
      registeredSearchAttributes: async () => [],
    };
  }

  it('finds nothing where every load balancer is tagged as configured', async () => {
    const { readiness, verdict } = await createObservePair(dependencies())({ pair: pair.name });

    expect(readiness).toEqual([]);
    expect(verdict.kind).toBe('healthy');
  });

  it('tells a load balancer that is untagged, or tagged as the other site, and judges as ever', async () => {
    world.siteTags.set('site-a', 'untagged').set('site-b', { site: 'site-a' });

    const { readiness, verdict, plan } = await createObservePair(dependencies())({
      pair: pair.name,
      fence: { site: 'site-b', by: 'a test' },
    });

    expect(readiness?.map(({ what }) => what)).toEqual([
      expect.stringContaining('site-a has no tag "site"'),
      expect.stringContaining('site-b is tagged site=site-a'),
    ]);
    expect(verdict.kind).toBe('healthy');
    expect(plan).toBeDefined();
    expect(tagsRead).toBe(1);
  });

  it('finds nothing to make ready where both sites are alike and refuse what the other does not take', async () => {
    const { readiness } = await createObservePair(dependencies())({ pair: pair.name });

    expect(readiness).toEqual([]);
  });

  it('tells a cache that loses writes in silence, and Keycloaks that differ', async () => {
    const [keycloakA, keycloakB] = [new FakeKeycloak(), new FakeKeycloak()];
    keycloakB.info = { ...keycloakB.info, version: '26.6.0' };
    world.workload = { 'site-a': keycloakA, 'site-b': keycloakB };
    world.site('site-b').infinispan.cache('work').configuration = {
      transactionMode: 'NON_XA',
      backup: { strategy: 'SYNC', failurePolicy: 'FAIL' },
    };
    const workloads = { 'site-a': 'keycloak', 'site-b': 'keycloak' } as const;

    const { readiness, verdict } = await createObservePair(dependencies({ ...pair, workloads }))({ pair: pair.name });

    expect(readiness?.map(({ what }) => what)).toEqual([
      'site-b, work: transaction mode NON_XA with failure policy FAIL',
      'site-a runs Keycloak 26.7.3, site-b runs 26.6.0',
    ]);
    expect(verdict.kind).toBe('healthy');
  });

  it('tells what it could not read, and reads everything else', async () => {
    const silent = new FakeKeycloak();
    silent.running = false;
    world.workload = { 'site-a': silent, 'site-b': new FakeKeycloak() };
    const workloads = { 'site-a': 'keycloak', 'site-b': 'keycloak' } as const;
    world.faults.fail('readCacheConfigurations', 'InfinispanDenied', { at: 'site-b' });

    const { readiness } = await createObservePair(dependencies({ ...pair, workloads }))({ pair: pair.name });

    expect(readiness?.map(({ what }) => what)).toEqual([
      expect.stringMatching(/caches of site-b .*\(InfinispanDenied\)/),
      expect.stringMatching(/Keycloak of site-a .*\(KeycloakUnreachable\)/),
    ]);
  });

  it('of a run reads no configuration: a fence must not wait for it', async () => {
    const state = newRunState({ pair: pair.name, goal: 'protect', incident: 'x', startedAt: 0 });
    world.faults.fail('readCacheConfigurations', 'InfinispanDenied', { times: Infinity });
    const failed: string[] = [];
    const given = dependencies();
    const journal = {
      ...given.journal,
      assessed: () => {},
      readSucceeded: () => {},
      readFailed: ({ what }: { what: string }) => void failed.push(what),
    };

    await createAssessPair({ ...given, journal })({ pair: pair.name, state });

    expect(failed).toEqual([]);
  });

  it('of a run never asks for tags: a fence must not depend on them', async () => {
    const state = newRunState({ pair: pair.name, goal: 'protect', incident: 'x', startedAt: 0 });

    await createAssessPair(dependencies())({ pair: pair.name, state });

    expect(tagsRead).toBe(0);
  });

  it('tells a run what its roles rest on until they are latched, of a pair with scored checks alone as well', async () => {
    const scored: SitePair = { ...pair, heuristics: { 'site-a': { minimum: 1, checks: { database: 1 } } } };
    const assessPair = createAssessPair(dependencies(scored));
    const state = newRunState({ pair: pair.name, goal: 'protect', incident: 'a', startedAt: 0 });

    const before = await assessPair({ pair: pair.name, state });
    const after = await assessPair({ pair: pair.name, state: latched(state) });

    expect(before.evidence?.testimonies.map(({ by }) => by)).toContain('checks of site-a');
    expect(after).not.toHaveProperty('evidence');
  });
});
