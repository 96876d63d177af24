import { createAssessPair, createObservePair } from '../../../activities/assess-pair';
import type { ActivityDependencies } from '../../../activities/dependencies';
import { newRunState } from '../../../domain/state';
import { pair } from '../../support/observations';
import { fakeArchive } from '../../support/fake-archive';
import { FakeWorld } from '../../support/fake-world';

describe('a look at a pair outside any run', () => {
  let world: FakeWorld;
  let tagsRead: number;
  beforeEach(() => {
    world = new FakeWorld({ caches: pair.caches });
    tagsRead = 0;
  });

  function dependencies(): ActivityDependencies {
    const fakes = world.gateways();
    const siteTags = {
      readSiteTags: (signal: AbortSignal) => {
        tagsRead += 1;
        return fakes.siteTags.readSiteTags(signal);
      },
    };
    return {
      sitePairs: new Map([[pair.name, { pair, configHash: 'cafe0000', gateways: { ...fakes, siteTags } }]]),
      clock: { now: () => 1_000, monotonicMs: () => 0 },
      digest: (text) => text,
      journal: new Proxy({} as ActivityDependencies['journal'], { get: () => () => undefined }),
      archive: fakeArchive(),
      registeredSearchAttributes: async () => [],
    };
  }

  it('finds nothing where every load balancer is tagged as configured', async () => {
    const { findings, verdict } = await createObservePair(dependencies())({ pair: pair.name });

    expect(findings).toEqual([]);
    expect(verdict.kind).toBe('healthy');
  });

  it('tells a load balancer that is untagged, or tagged as the other site, and judges as ever', async () => {
    world.siteTags.set('site-a', 'untagged').set('site-b', { site: 'site-a' });

    const { findings, verdict, plan } = await createObservePair(dependencies())({
      pair: pair.name,
      fence: { site: 'site-b', by: 'a test' },
    });

    expect(findings).toEqual([
      expect.stringContaining('site-a has no tag "site"'),
      expect.stringContaining('site-b is tagged site=site-a'),
    ]);
    expect(verdict.kind).toBe('healthy');
    expect(plan).toBeDefined();
    expect(tagsRead).toBe(1);
  });

  it('of a run never asks for tags: a fence must not depend on them', async () => {
    const state = newRunState({ pair: pair.name, goal: 'protect', incident: 'x', startedAt: 0 });

    await createAssessPair(dependencies())({ pair: pair.name, state });

    expect(tagsRead).toBe(0);
  });
});
