import { Registry } from 'prom-client';
import type { PairGateways } from '../../../gateways/ports';
import { meteredPairs } from '../../../worker/metered-gateways';
import { fakeObserver } from '../../support/fake-observer';
import { FakeHeuristics } from '../../support/fake-heuristics';
import { FakeWorld } from '../../support/fake-world';
import { pair } from '../../support/observations';

const name = pair.name;
const never = new AbortController().signal;

describe('metered gateways', () => {
  let world: FakeWorld;
  let registry: Registry;
  beforeEach(() => {
    world = new FakeWorld({ caches: pair.caches });
    registry = new Registry();
  });

  function metered(gateways: PairGateways = world.gateways()): PairGateways {
    const pairs = meteredPairs(new Map([[name, { pair, configHash: 'cafe0000', gateways }]]), registry);
    return (pairs.get(name) as { gateways: PairGateways }).gateways;
  }

  async function counts(): Promise<readonly string[]> {
    const metrics = await registry.metrics();
    const lines = metrics.split('\n').filter((line) => line.startsWith('sitewarden_gateway_call_seconds_count'));
    return lines.map((line) => line.replace('sitewarden_gateway_call_seconds_count', ''));
  }

  it('count questions to observers by their names', async () => {
    const gateways = { ...world.gateways(), observers: { third: fakeObserver(world) } };

    await metered(gateways).observers?.third?.see(never);

    expect(await counts()).toEqual([
      '{pair="keycloak-prod",gateway="observers",site="third",method="see",outcome="ok"} 1',
    ]);
  });

  it('pass on what was answered, and count it by pair, gateway, site and method', async () => {
    const { traffic, replication, health } = metered();

    expect(await traffic.readStatus(never)).toBe('DEPLOYED');
    expect(await health['site-b']?.probe(never)).toBe(200);
    expect(await replication['site-a']?.readView(never)).toMatchObject({ localSite: 'site-a' });
    expect(await counts()).toEqual([
      '{pair="keycloak-prod",gateway="traffic",method="readStatus",outcome="ok"} 1',
      '{pair="keycloak-prod",gateway="health",site="site-b",method="probe",outcome="ok"} 1',
      '{pair="keycloak-prod",gateway="replication",site="site-a",method="readView",outcome="ok"} 1',
    ]);
  });

  it('measure the scored checks of a pair', async () => {
    const checks = new FakeHeuristics({ database: 1 });

    const { heuristics } = metered({ ...world.gateways(), heuristics: { 'site-a': checks } });

    expect(await heuristics?.['site-a']?.read(never)).toHaveProperty('database');
    expect((await counts())[0]).toContain('gateway="heuristics",site="site-a",method="read",outcome="ok"');
  });

  it('pass a failure on as it is, and count it by its type', async () => {
    world.stop('site-b');

    await expect(metered().replication['site-b']?.readView(never)).rejects.toMatchObject({
      type: 'InfinispanUnreachable',
    });
    expect((await counts())[0]).toContain('outcome="InfinispanUnreachable"');
  });

  it('measure what is told one by one until the last of it was taken, or nobody wants more', async () => {
    const replication = metered().replication['site-a']!;
    const entries = () => replication.readEntryDigests('work', never);
    let read = 0;
    for await (const { key } of entries()) read += key ? 1 : 0;
    for await (const { key } of entries()) if (key) break;
    world.stop('site-a');
    await expect(entries()[Symbol.asyncIterator]().next()).rejects.toMatchObject({ type: 'InfinispanUnreachable' });

    expect(read).toBe(100);
    expect((await counts()).map((line) => line.replace(/^.*method=/, ''))).toEqual([
      '"readEntryDigests",outcome="ok"} 2',
      '"readEntryDigests",outcome="InfinispanUnreachable"} 1',
    ]);
  });

  it('name what no gateway may fail with', async () => {
    const broken = { ...world.gateways().traffic, readStatus: () => Promise.reject(new TypeError('a bug')) };

    await expect(metered({ ...world.gateways(), traffic: broken }).traffic.readStatus(never)).rejects.toThrow('a bug');
    expect((await counts())[0]).toContain('outcome="Unexpected"');
  });

  it('leave alone what is no call: a gateway of a class keeps its own state', async () => {
    class Counting {
      readonly kind = 'counting';
      #asked = 0;
      async readStatus(): Promise<'DEPLOYED'> {
        this.#asked += 1;
        return 'DEPLOYED';
      }
      asked(): number {
        return this.#asked;
      }
    }
    const traffic = metered({ ...world.gateways(), traffic: new Counting() as never }).traffic as unknown as Counting;

    await traffic.readStatus();

    expect(traffic.kind).toBe('counting');
    expect(traffic.asked()).toBe(1);
    expect(await counts()).toHaveLength(1);
  });
});
