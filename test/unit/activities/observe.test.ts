import { observe } from '../../../activities/observe';
import { pair as domainPair } from '../../support/observations';
import { FakeHeuristics } from '../../support/fake-heuristics';
import { FakeWorkload } from '../../support/fake-workload';
import { FakeWorld } from '../../support/fake-world';

describe('an observation', () => {
  let world: FakeWorld;
  let told: string[];
  beforeEach(() => {
    world = new FakeWorld({ caches: domainPair.caches });
    told = [];
  });

  function look(gateways = world.gateways(), deep = false) {
    return observe(
      { pair: domainPair, configHash: 'cafe0000', gateways },
      {
        clock: { now: () => 42, monotonicMs: () => performance.now() },
        journal: {
          readFailed: ({ what, type }) => void told.push(`${what}: ${type}`),
          readSucceeded: () => undefined,
        },
      },
      { deep },
    );
  }

  it('holds every fact with the time it was read', async () => {
    const observation = await look();

    expect(observation.traffic.status).toEqual({ value: 'DEPLOYED', at: 42 });
    expect(observation.sites['site-a']?.view).toMatchObject({ value: { sitesView: ['site-a', 'site-b'] } });
    expect(observation.sites['site-b']?.health).toEqual({ value: 200, at: 42 });
    expect(told).toEqual([]);
  });

  it('holds how the scored checks of each site stand; where they could not be read, none of them', async () => {
    const checks = new FakeHeuristics({ database: 1 }, () => 41);
    checks.attempt('database', 'passed');
    const broken = { read: () => Promise.reject(new Error('a bug')) };

    const observation = await look({ ...world.gateways(), heuristics: { 'site-a': checks, 'site-b': broken } });

    expect(observation.heuristics).toEqual({ 'site-a': { database: { value: 'passed', at: 41 } }, 'site-b': {} });
    expect(told).toEqual(['site-b heuristics: NotObserved']);
    expect(await look()).not.toHaveProperty('heuristics');
  });

  it('reads what the way back needs only when asked for', async () => {
    const asked: string[] = [];
    world.workload = {
      'site-b': {
        readState: async () => (asked.push('state'), 'stopped'),
        stop: async () => '',
        start: async () => '',
      },
    };
    const unread = { unknown: 'NotObserved', at: 42 };

    const shallow = await look();
    expect(shallow.sites['site-b']).toMatchObject({
      ...{ cluster: unread, pushes: unread, stores: unread, application: unread },
    });
    expect(asked).toEqual([]);

    world.setPush('site-a', 'work', 'SENDING');
    world.setCluster('site-b', 'DEGRADED');
    const deep = await look(world.gateways(), true);
    expect(deep.sites['site-a']).toMatchObject({
      pushes: { value: { sessions: 'IDLE', work: 'SENDING' }, at: 42 },
      application: unread,
    });
    expect(deep.sites['site-b']).toMatchObject({
      ...{ cluster: { value: 'DEGRADED' }, stores: { value: 200 }, application: { value: 'stopped' } },
    });
    expect(told).toEqual([]);
  });

  it('says unknown, and why, of a read that fails; the others are not touched by it', async () => {
    world.stop('site-b');

    const observation = await look();

    expect(observation.sites['site-b']?.view).toEqual({ unknown: 'InfinispanUnreachable', at: 42 });
    expect(observation.sites['site-b']?.health).toEqual({ unknown: 'HealthUnreachable', at: 42 });
    expect(observation.sites['site-a']?.view).toHaveProperty('value');
    expect(told).toContain('site-b view: InfinispanUnreachable');
  });

  it('says unknown of a read that does not end, and asks it to stop', async () => {
    world.faults.hang('readBackups', { at: 'site-a' });

    const observation = await look();

    expect(observation.sites['site-a']?.backups).toEqual({ unknown: 'InfinispanUnreachable', at: 42 });
    expect(observation.sites['site-a']?.sizes).toHaveProperty('value');
  });

  it('tells the application that its commands tell, and makes no failure of one that none can tell', async () => {
    const [known, unknown] = [new FakeWorkload(), new FakeWorkload()];
    unknown.hasStatus = false;

    const { sites } = await look({ ...world.gateways(), workload: { 'site-a': known, 'site-b': unknown } }, true);

    expect(sites['site-a']?.application).toEqual({ value: 'running', at: 42 });
    expect(sites['site-b']?.application).toEqual({ unknown: 'NotObserved', at: 42 });
    expect(told).toEqual([]);
  });

  it('tells of a command for the application that fails', async () => {
    const broken = new FakeWorkload();
    broken.fail('readState', 'WorkloadFailed');

    const { sites } = await look({ ...world.gateways(), workload: { 'site-b': broken } }, true);

    expect(sites['site-b']?.application).toEqual({ unknown: 'WorkloadFailed', at: 42 });
    expect(told).toEqual(['site-b application: WorkloadFailed']);
  });

  it('never takes a health URL that gave no status for a site without one', async () => {
    const gateways = world.gateways();
    const broken = { probe: () => Promise.reject(new TypeError('a bug')) };
    const health = { ...gateways.health, 'site-b': broken };

    const observation = await look({ ...gateways, health });

    expect(observation.sites['site-b']?.health).toEqual({ unknown: 'HealthUnreachable', at: 42 });
  });

  it('says unknown of a gateway that breaks its promise, instead of failing as a whole', async () => {
    const gateways = world.gateways();
    const broken = { ...gateways.traffic, readStatus: () => Promise.reject(new TypeError('a bug')) };

    const observation = await look({ ...gateways, traffic: broken });

    expect(observation.traffic.status).toEqual({ unknown: 'NotObserved', at: 42 });
    expect(observation.traffic.groups).toHaveProperty('value');
  });

  it('knows nothing of the health of a site that names no health URL', async () => {
    const observation = await look({ ...world.gateways(), health: {} });

    expect(observation.sites['site-a']?.health).toEqual({ unknown: 'NotObserved', at: 42 });
    expect(told).toEqual([]);
  });
});
