import { createSee, type ObserverView } from '../../../activities/see';
import { FakeWorld } from '../../support/fake-world';

describe('see', () => {
  let world: FakeWorld;
  beforeEach(() => {
    world = new FakeWorld();
  });

  function seeing(change: Partial<ObserverView> = {}) {
    const { replication, health } = world.gateways();
    const view: ObserverView = {
      pair: 'keycloak-prod',
      sites: world.sites,
      replication,
      health,
      network: () => ({ unknown: 'NotObserved', at: 1_000 }),
      ...change,
    };
    const failed: string[] = [];
    const see = createSee({
      views: new Map([[view.pair, view]]),
      clock: { now: () => 1_000, monotonicMs: () => 0 },
      journal: { readFailed: ({ what }) => void failed.push(what), readSucceeded: () => undefined },
    });
    return { see: () => see({ pair: 'keycloak-prod' }), of: see, failed };
  }

  it('tells of each site its health and its view, dated', async () => {
    const { see } = seeing();

    expect(await see()).toMatchObject({
      seenAt: 1_000,
      sites: {
        'site-a': { health: { value: 200 }, view: { value: { sitesView: ['site-a', 'site-b'] }, at: 1_000 } },
        'site-b': { health: { value: 200 }, view: { value: { localSite: 'site-b' } } },
      },
      accelerator: { unknown: 'NotObserved' },
      network: { unknown: 'NotObserved' },
    });
  });

  it('tells what it could not see, and why, and everything else all the same', async () => {
    world.stop('site-b');
    const accelerator = { probe: () => Promise.reject(new Error('refused')) };
    const { see, failed } = seeing({ accelerator, network: () => ({ value: 'isolated', at: 900 }) });

    const { sites, accelerator: through, network } = await see();

    expect(sites['site-b']).toMatchObject({
      health: { unknown: 'HealthUnreachable' },
      view: { unknown: 'InfinispanUnreachable' },
    });
    expect(sites['site-a']).toMatchObject({ health: { value: 200 }, view: { value: { localSite: 'site-a' } } });
    expect(through).toMatchObject({ unknown: 'HealthUnreachable' });
    expect(network).toEqual({ value: 'isolated', at: 900 });
    expect(failed.sort()).toEqual(['accelerator', 'site-b health', 'site-b view']);
  });

  it('a site that never answers does not make it silent: it tells of the other one in time', async () => {
    const { replication } = world.gateways();
    const mute = { readView: () => new Promise<never>(() => undefined) };
    const { see } = seeing({ replication: { ...replication, 'site-b': mute } });

    const { sites } = await see();

    expect(sites['site-b']?.view).toMatchObject({ unknown: 'InfinispanUnreachable' });
    expect(sites['site-a']?.view).toHaveProperty('value');
  });

  it('says nothing of a pair for which nobody named it', async () => {
    await expect(seeing().of({ pair: 'other' })).rejects.toMatchObject({ type: 'PairUnknown', nonRetryable: true });
  });
});
