/** The way back of a fenced site, on a real Temporal server over fake sites. */
import { gatePolicies } from '../support/gate-policies';
import { ReturningSites } from '../support/returning-sites';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import type { TwoSitesOptions } from '../support/two-sites';

describe('site pair run: the way back', () => {
  let temporal: RunningTemporal;
  let pairs = 0;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  /** Two sites whose applications are stopped and started by commands. */
  function newSites(options: Partial<TwoSitesOptions> = {}): ReturningSites {
    pairs += 1;
    return new ReturningSites(temporal, { name: `way-back-${pairs}`, applications: true, ...options });
  }

  async function fenced(options: Partial<TwoSitesOptions> = {}): Promise<ReturningSites> {
    const sites = newSites(options);
    await sites.fenceAfterSplit();
    return sites;
  }

  it('fenced, healed, synchronized and online: both serve, and are equal', async () => {
    const sites = await fenced();
    expect(sites.world.write('site-a', 'work', 3)).toBe(true);
    sites.world.setBackup('site-b', 'offline');
    expect(sites.world.put('site-b', 'work', 'only-b', 'lost')).toBe(true);
    sites.world.heal();

    const question = await sites.askedAt('synchronize');
    expect(question.discards).toBe(1);
    await sites.approveAt('synchronize');
    await sites.approveAt('siteOnline');
    const result = await sites.result();

    expect(result.outcome).toBe('siteOnline');
    expect(sites.world.endpointSites()).toEqual(['site-a', 'site-b']);
    expect(sites.world.entries('site-b', 'work')).toEqual(sites.world.entries('site-a', 'work'));
    expect(result.archived?.sequence).toBe(1);
    // What such an incident costs without retries; a look or a write of the memo more per step would show here.
    expect((await sites.eventTypes()).length).toBeLessThan(320);
    await sites.golden('online');
  });

  it('the link is cut again at the gate, and in mid-push: the kept site writes again, and nothing goes on unasked', async () => {
    const sites = await fenced();
    sites.world.heal();
    await sites.askedAt('synchronize');
    sites.world.pushes.hold();
    await sites.approveAt('synchronize');
    await sites.reached('pushing');
    sites.world.cut();
    await sites.reached('fenced');

    expect(sites.world.write('site-a', 'work')).toBe(true);
    sites.world.pushes.release();
    sites.world.heal();
    await sites.askedAt('synchronize');
    await sites.approveAt('synchronize');
    await sites.askedAt('siteOnline');
    sites.world.cut();
    await sites.reached('fenced');
    expect(sites.world.write('site-a', 'work')).toBe(true);
    expect(sites.world.endpointSites()).toEqual(['site-a']);

    const { outcome } = await sites.abort();
    expect(outcome).toBe('aborted');
    await sites.golden('cut-again');
  });

  it('a new split inside the soak is fenced in the same run, which then holds itself until it is released', async () => {
    const sites = await fenced({ policy: { soakSeconds: 120 } });
    sites.world.heal();
    await sites.approveAt('synchronize');
    await sites.approveAt('siteOnline');
    await sites.reached('soaking');
    sites.world.cut();
    const again = await sites.runUntil(
      'fenced again',
      ({ phase, refenced }) => phase === 'fenced' && refenced !== undefined,
    );
    expect(again.refenced?.released).toBe(false);
    expect(sites.world.endpointSites()).toEqual(['site-a']);
    expect(sites.world.write('site-a', 'work')).toBe(true);

    sites.world.heal();
    await sites.approveAt('synchronize');
    await sites.runUntil('held', ({ waitingFor }) => waitingFor?.startsWith('release') === true);
    await sites.decide('release', 'looked at');
    await sites.askedAt('siteOnline');
    await sites.abort();
    await sites.golden('fenced-anew');
  });

  it('site offline as planned, and back: nothing is detached, and every key is compared before', async () => {
    const sites = newSites({ policy: { gates: gatePolicies({ siteOffline: { approvals: 0 } }) } });
    await sites.ask('siteOffline', 'site-b');
    expect((await sites.result()).outcome).toBe('siteOffline');
    expect(sites.world.endpointSites()).toEqual(['site-a']);
    expect(sites.world.backups('site-a')).toEqual({ actionTokens: 'online', work: 'online' });
    await sites.golden('offline');

    await sites.ask('siteOnline', 'site-b');
    await sites.approveAt('siteOnline');
    expect((await sites.result()).outcome).toBe('siteOnline');
    expect(sites.world.endpointSites()).toEqual(['site-a', 'site-b']);
  });

  it('an endpoint that stays unhealthy is taken out again, and the run is blocked until a person says retry', async () => {
    const sites = await fenced({ policy: { healthyWithinSeconds: 2 } });
    sites.world.heal();
    await sites.approveAt('synchronize');
    await sites.askedAt('siteOnline');
    sites.world.setHealth('site-b', 'UNHEALTHY');
    await sites.approveAt('siteOnline');
    await sites.runUntil('blocked', ({ next }) => next?.kind === 'blocked' && next.type === 'EndpointUnhealthy');
    expect(sites.world.endpointSites()).toEqual(['site-a']);

    sites.world.setHealth('site-b', undefined);
    expect((await sites.answer('retry', {})).outcome).toBe('taken');
    await sites.approveAt('siteOnline');
    expect((await sites.result()).outcome).toBe('siteOnline');
    await sites.golden('unhealthy-then-online');
  });

  it('is refused online while it is not synchronized; a hold stops the way back and nothing protective', async () => {
    const sites = await fenced();
    expect(await sites.ask('siteOnline', 'site-b')).toMatchObject({
      outcome: 'refused',
      refusal: { code: 'NotSynchronized' },
    });
    sites.world.heal();
    await sites.askedAt('synchronize');
    await sites.decide('hold', 'wait');
    await sites.approveAt('synchronize');
    await sites.runUntil('held', ({ waitingFor }) => waitingFor?.startsWith('release') === true);
    expect(sites.calls('clearCache')).toEqual([]);
    sites.world.setBackup('site-a', 'online');
    await sites.runUntil('detached again', () => sites.world.backups('site-a').work === 'offline');
    await sites.abort();
  });
});
