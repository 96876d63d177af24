/** Runs of a pair with observers, which are asked on a real Temporal server; the sites are fakes. */
import { Connection } from '@temporalio/client';
import type { Observer } from '../../domain/site-pair';
import { createObserverGateway } from '../../gateways/observer';
import { until } from '../../lab/until';
import { observerQueue } from '../../workflows/contract/task-queues';
import { observerOver, type Standing } from '../support/fake-observer';
import { startObserverWorker, type ObserverWorker } from '../support/observer-worker';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';

describe('site pair run: observers', () => {
  let temporal: RunningTemporal;
  let connection: Connection;
  const workers: ObserverWorker[] = [];
  beforeAll(async () => {
    temporal = await startTemporal();
    connection = await Connection.connect({ address: temporal.env.address });
  });
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.stop())));
  afterAll(async () => {
    await connection?.close();
    await temporal?.stop();
  });

  /** A pair whose observers all stand as they are told, each named after the pair so that no two share a queue. */
  async function watched(name: string, standings: Readonly<Record<string, Standing>>, policy = {}) {
    const named = Object.entries(standings).map(([key, standing]) => ({ observer: `${name}-${key}`, standing }));
    const observers: Observer[] = named.map(({ observer }) => ({ name: observer, votes: 1 }));
    const gatewayTo = (observer: string) =>
      createObserverGateway({
        ...{ observer, taskQueue: observerQueue(observer), pair: name, sites: ['site-a', 'site-b'] as const },
        temporal: { connection, namespace: 'default', identity: 'workers of a test' },
        clock: Date.now,
      });
    const asked = Object.fromEntries(named.map(({ observer }) => [observer, gatewayTo(observer)]));
    const sites = new TwoSites(temporal, {
      ...{ name, observers, policy },
      gateways: (fakes) => ({ ...fakes, observers: asked }),
    });
    for (const { observer, standing } of named) {
      if (standing.gone) continue;
      const answer = observerOver(sites.world, name, standing);
      workers.push(await startObserverWorker(temporal.env.nativeConnection, observer, answer));
    }
    return sites;
  }

  const said = (sites: TwoSites, { weighed }: { weighed?: { testimonies: readonly { by: string; says: string }[] } }) =>
    Object.fromEntries(
      (weighed?.testimonies ?? []).map(({ by, says }) => [by.replace(`observer ${sites.pair.name}-`, ''), says]),
    );

  it('are asked before it is decided whom to keep; the page goes on showing what that rests on', async () => {
    const sites = await watched('asked', { third: {}, fourth: { cutFrom: ['site-b'] } });
    sites.world.cut();

    await sites.alert('site-a');
    const fenced = await sites.untilFenced();
    const asked = workers.map((worker) => worker.asked());
    await sites.runUntil('guarding', ({ next }) => next?.kind === 'wait' && next.for.startsWith('the link'));

    expect(said(sites, fenced)).toMatchObject({
      'site-a': 'does not see site-b',
      third:
        'reaches site-a, health 200, which does not see site-b; reaches site-b, health 200, which does not see site-a',
      fourth: expect.stringContaining('could not see site-b (HealthUnreachable, InfinispanUnreachable)'),
    });
    expect(fenced.weighed?.conclusion).toMatch(/^partition, because .*; 4 of 4 configured votes were heard$/);
    expect(workers.map((worker) => worker.asked())).toEqual(asked);
    await sites.abort();
  });

  it('and under a later history as well', async () => {
    const sites = await watched('carried', { third: {} });
    sites.world.cut();
    await sites.alert('site-a');
    const { weighed } = await sites.untilFenced();
    const handle = temporal.env.client.workflow.getHandle(sites.workflowId);
    const { runId } = await handle.describe();

    for (let sent = 0; sent < 130; sent += 1) await sites.alert('site-b');
    await until(async () => (await handle.describe()).runId !== runId, { what: 'a new history', withinSeconds: 60 });

    expect(weighed?.testimonies.length).toBeGreaterThan(0);
    expect((await sites.runUntil('looked again', ({ observation }) => observation !== undefined)).weighed).toEqual(
      weighed,
    );
    await sites.abort();
  });

  it('add nothing to the history of a run, however often they are asked', async () => {
    const sites = await watched('flat', { third: {} });
    sites.world.cut();
    for (const site of ['site-a', 'site-b']) sites.world.setHealth(site, 'UNHEALTHY');
    await sites.alert('site-a');
    await sites.runUntil('refused', ({ next }) => next?.kind === 'refuse');
    const [eventsBefore, askedBefore] = [(await sites.eventTypes()).length, workers[0]!.asked()];

    await until(() => workers[0]!.asked() >= askedBefore + 4, { what: 'four more questions', withinSeconds: 60 });

    expect((await sites.eventTypes()).length).toBe(eventsBefore);
    await sites.abort();
  });

  it.each<[string, Standing, string]>([
    ['gone', { gone: true }, 'said nothing (ObserverSilent), which speaks for nobody'],
    ['slow', { slowMs: 4_000 }, 'said nothing (ObserverSilent), which speaks for nobody'],
    [
      'stale',
      { tells: (saw) => ({ ...saw, seenAt: saw.seenAt - 60_000 }) },
      'said nothing (ObserverOutOfDate), which speaks for nobody',
    ],
    ['garbled', { tells: () => 'site-b is down' }, 'said nothing (ObserverAnswerUnreadable), which speaks for nobody'],
  ])('one that is %s speaks for nobody, and the fence goes on', async (how, standing, says) => {
    const sites = await watched(`one-${how}`, { odd: standing, third: {} });
    sites.world.cut();

    await sites.alert('site-a');
    const fenced = await sites.untilFenced();

    expect(said(sites, fenced)).toMatchObject({ odd: says, third: expect.stringMatching(/^reaches site-a/) });
    expect(fenced.weighed?.conclusion).toMatch(/; 3 of 4 configured votes were heard$/);
    expect(fenced.roles?.staleSite).toBe('site-b');
    await sites.abort();
  });

  it('one that lies that the link is broken fences nobody: what the run reads itself decides', async () => {
    const lie: Standing = {
      tells: ({ sites, ...saw }) => {
        const blind = Object.entries(sites).map(([site, { view, ...seen }]) => {
          const alone = 'value' in view ? { ...view, value: { ...view.value, sitesView: [site] } } : view;
          return [site, { ...seen, view: alone }];
        });
        return { ...saw, sites: Object.fromEntries(blind) as typeof sites };
      },
    };
    const sites = await watched('lied-to', { liar: lie }, { stableSeconds: 1 });

    await sites.alert('site-a');
    const result = await sites.result();

    expect(result.outcome).toBe('nothingToDo');
    expect(said(sites, result.status!).liar).toContain('which does not see');
    expect(result.status?.verdict?.kind).toBe('healthy');
    expect(sites.world.journal).toEqual([]);
  });

  it('are asked by a look without a run as well', async () => {
    const sites = await watched('looked-at', { third: {}, gone: { gone: true } });

    const { observation, evidence, verdict } = await temporal.client.observe({ pair: sites.pair.name });

    expect(verdict.kind).toBe('healthy');
    expect(observation.sightings).toMatchObject({
      'looked-at-third': { value: { sites: { 'site-a': { health: { value: 200 } } } } },
      'looked-at-gone': { unknown: 'ObserverSilent' },
    });
    expect(evidence?.conclusion).toMatch(/^healthy, because .*; 3 of 4 configured votes were heard$/);
  });
});
