/** After the fence: what the run does while it waits, on a real Temporal server over fake sites. */
import { until } from '../../lab/until';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites, type TwoSitesOptions } from '../support/two-sites';

describe('site pair run: guard', () => {
  let temporal: RunningTemporal;
  let pairs = 0;
  let ahead = 0;
  const clock = { now: () => Date.now() + ahead, monotonicMs: () => performance.now() };
  beforeAll(async () => {
    temporal = await startTemporal({ clock });
  });
  afterAll(() => temporal?.stop());

  async function fencedSites(options: Partial<TwoSitesOptions> = {}): Promise<TwoSites> {
    pairs += 1;
    const sites = new TwoSites(temporal, { name: `guard-${pairs}`, clock: clock.now, ...options });
    sites.world.cut();
    await sites.alert('site-a');
    await sites.runUntil('fenced and deployed', ({ timeline }) =>
      timeline.some(({ what }) => what.includes('DEPLOYED')),
    );
    return sites;
  }

  it('the kept site restarts empty after the detach and the link heals: detached again, the stale site never added back', async () => {
    const sites = await fencedSites();
    ahead += 5_000;

    sites.world.restart('site-a');
    sites.world.heal();
    const again = await sites.runUntil(
      'fenced again',
      ({ epoch, provedSince }) => epoch === 2 && provedSince !== undefined,
    );

    expect(again.timeline.map(({ what }) => what)).toContainEqual(
      expect.stringMatching(/site-a's Infinispan restarted at .* and held 0 entries/),
    );
    expect(Object.values(sites.world.backups('site-a'))).toEqual(['offline', 'offline']);
    await sites.runUntil(
      'whole for long',
      ({ next }) => next?.kind === 'wait' && next.for === 'site-b to be written to by nobody for 30 s',
    );
    expect(sites.calls('addEndpoint')).toEqual([]);
    expect(sites.world.endpointSites()).toEqual(['site-a']);
    await sites.abort();
    await sites.golden('kept-site-restarted');
  });

  it('somebody puts the stale site back: it is removed again', async () => {
    const sites = await fencedSites();

    sites.world.addedByOthers('site-b');
    await until(() => sites.calls('removeEndpoint').length === 2, { what: 'removed again', withinSeconds: 40 });
    const status = await sites.runUntil(
      'proved again',
      ({ provedSince, epoch }) => epoch === 2 && provedSince !== undefined,
    );

    expect(sites.world.endpointSites()).toEqual(['site-a']);
    expect(status.timeline.map(({ what }) => what)).toContainEqual(expect.stringContaining('it was not us'));
    await sites.abort();
    await sites.golden('removed-again');
  });

  it('the old flows are over: the kept site is taken offline on the stale one, and again after it restarts', async () => {
    const sites = await fencedSites();
    expect(Object.values(sites.world.backups('site-b'))).toEqual(['online', 'online']);

    ahead += 340_000;
    const offline = () => Object.values(sites.world.backups('site-b')).every((status) => status === 'offline');
    await until(offline, { what: 'the kept site offline on the stale one', withinSeconds: 30 });
    sites.world.restart('site-b');
    await until(offline, { what: 'offline again', withinSeconds: 30 });

    expect(sites.calls('takeBackupOffline').map(({ where }) => where)).toEqual(['site-a', 'site-b', 'site-b']);
    await sites.abort();
    await sites.golden('drained');
  });

  it('the stale site sees the kept one: the kept one is taken offline there at once', async () => {
    const sites = await fencedSites();

    sites.world.heal();
    await until(() => Object.values(sites.world.backups('site-b')).every((status) => status === 'offline'), {
      what: 'the kept site offline on the stale one',
      withinSeconds: 30,
    });

    expect(sites.world.endpointSites()).toEqual(['site-a']);
    await sites.abort();
  });

  it('waits for days at a few history events: an unchanged world adds none', async () => {
    const sites = await fencedSites();
    await sites.runUntil(
      'waiting for the link',
      ({ next }) => next?.kind === 'wait' && next.for.startsWith('the link'),
    );
    const before = (await sites.eventTypes()).length;
    const reads = () => temporal.journal.length;
    sites.world.faults.fail('readSizes', 'InfinispanUnreachable', { at: 'site-b', times: 2 });
    const readsBefore = reads();

    await until(() => reads() >= readsBefore + 2, { what: 'two more looks', withinSeconds: 40 });

    expect((await sites.eventTypes()).length).toBe(before);
    await sites.abort();
  });

  it('a hold is recorded, and stops nothing protective', async () => {
    const sites = await fencedSites();

    await sites.decide('hold', 'we look at it ourselves');
    sites.world.addedByOthers('site-b');
    await until(() => sites.calls('removeEndpoint').length === 2, { what: 'removed again', withinSeconds: 40 });
    const released = await sites.decide('release');

    expect(released.outcome).toBe('taken');
    await sites.abort();
  });
});
