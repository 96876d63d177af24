/** An observer's own watch, on a real Temporal server: it wakes runs through the door that the webhook uses. The sites are fakes. */
import { notObserved } from '../../activities/reading';
import { until } from '../../lab/until';
import { PairWatch } from '../../worker/observer/watch';
import { look } from '../../worker/observer/look';
import { repeat } from '../../worker/observer/repeat';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';

const clock = { now: () => Date.now(), monotonicMs: () => performance.now() };

describe("an observer's own watch", () => {
  let temporal: RunningTemporal;
  const watches: { stop(): Promise<void> }[] = [];
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterEach(() => Promise.all(watches.splice(0).map((watch) => watch.stop())));
  afterAll(() => temporal?.stop());

  function watching(sites: TwoSites) {
    const { replication, health, traffic } = sites.world.gateways();
    const { pair } = sites;
    const view = { pair: pair.name, sites: pair.sites, replication, health, network: () => notObserved<never>(0) };
    const journal = {
      ...{ readFailed: () => undefined, readSucceeded: () => undefined },
      ...{ looked: () => undefined, noticed: () => undefined, woke: () => undefined, notWoken: () => undefined },
    };
    let looks = 0;
    const looking = () => {
      looks += 1;
      return look({ pair, view, traffic }, { clock, journal });
    };
    const waking = temporal.client;
    const watch = new PairWatch({
      ...{ observer: 'third', pair, look: looking, waking, journal, clock },
      confirmations: 3,
    });
    watches.push(repeat(100, () => watch.round()));
    return () => looks;
  }

  it('fences a split that nobody else alerts, in one run with the alert that comes after it, and takes its word back', async () => {
    const sites = new TwoSites(temporal, { name: 'self-watched' });
    watching(sites);
    sites.world.cut();

    const fenced = await sites.untilFenced();
    const webhooks = await sites.alert('site-a');
    const joined = await sites.runUntil('both', ({ alerts }) => alerts.length === 2);
    sites.world.heal();
    const over = await sites.runUntil('resolved', ({ alerts }) => alerts[0]?.status === 'resolved');

    expect(fenced.roles).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b' });
    expect(fenced.alerts).toMatchObject([
      { alertname: 'observer third', reporter: 'observer third', answer: expect.stringMatching(/^acted on: site-b/) },
    ]);
    expect(webhooks.outcome).toBe('joined');
    expect(joined.incident).toBe(fenced.incident);
    expect(over.alerts[1]?.status).toBe('firing');
    expect(sites.calls('removeEndpoint')).toHaveLength(1);
    await sites.abort();
  });

  it('fences sites that diverge, which no view shows', async () => {
    const sites = new TwoSites(temporal, { name: 'self-watched-diverging' });
    watching(sites);
    sites.world.setBackup('site-a', 'offline');

    const fenced = await sites.untilFenced();

    expect(fenced.timeline[0]?.what).toContain('keep site-a, fence site-b');
    expect(fenced.alerts).toMatchObject([{ site: 'site-b', reporter: 'observer third' }]);
    await sites.abort();
  });

  it('a fence is none: the site that is not replicated to is out of traffic', async () => {
    const sites = new TwoSites(temporal, { name: 'self-watched-fenced' });
    sites.world.cut();
    await sites.alert('site-a');
    await sites.untilFenced();
    await sites.abort();
    sites.world.heal();
    const looks = watching(sites);

    await until(() => looks() >= 20, { what: 'twenty looks', withinSeconds: 60 });

    expect(await sites.status()).toMatchObject({ run: 'closed', outcome: 'aborted' });
  });

  it('does not decide a tie: nobody of the sites was heard, so a person is needed where none is preferred', async () => {
    const sites = new TwoSites(temporal, { name: 'self-watched-tie', policy: { preferredSite: undefined } });
    watching(sites);
    sites.world.cut();

    const { next } = await sites.runUntil(
      'undecided',
      ({ next: one }) => one?.kind === 'refuse' || one?.kind === 'ask',
    );

    expect(next).toMatchObject({ kind: 'refuse', refusal: { code: 'KeepSiteUndecided' } });
    expect(sites.world.journal).toEqual([]);
    await sites.abort();
  });

  it('writes nothing to Temporal while all is well', async () => {
    const sites = new TwoSites(temporal, { name: 'self-watched-in-peace' });
    const looks = watching(sites);

    await until(() => looks() >= 20, { what: 'twenty looks', withinSeconds: 60 });

    expect(await sites.status()).toEqual({ run: 'none' });
    expect(await temporal.env.client.activity.count("ActivityType = 'see'")).toMatchObject({ count: 0 });
  });
});
