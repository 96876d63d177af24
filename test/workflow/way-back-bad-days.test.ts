/** Bad days on the way back of a fenced site, on a real Temporal server over fake sites. */
import { failed } from '../support/fake-faults';
import { ReturningSites } from '../support/returning-sites';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import type { TwoSitesOptions } from '../support/two-sites';

describe('site pair run: bad days on the way back', () => {
  let temporal: RunningTemporal;
  let pairs = 0;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  async function fenced(options: Partial<TwoSitesOptions> = {}): Promise<ReturningSites> {
    pairs += 1;
    const sites = new ReturningSites(temporal, { name: `returning-${pairs}`, ...options });
    await sites.fenceAfterSplit();
    return sites;
  }

  /** The page beside the run, as the Temporal UI reads it. */
  async function page(sites: ReturningSites): Promise<string> {
    const handle = temporal.env.client.workflow.getHandle(sites.workflowId);
    const { currentDetails } = await handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    return currentDetails;
  }

  it('the load balancer is gone: blocked with the ways out, nothing is given up, and retry carries it on to online', async () => {
    const sites = await fenced();
    sites.world.heal();
    await sites.approveAt('synchronize');
    await sites.askedAt('siteOnline');
    const gone = failed('TrafficRejected', 'the load balancer does not exist', false);
    sites.world.faults.fail('addEndpoint', gone, { times: Infinity });
    await sites.approveAt('siteOnline');

    const blocked = await sites.blockedBy('TrafficRejected');
    const shown = await page(sites);
    const servingMeanwhile = sites.world.endpointSites();
    sites.world.faults.clear();
    const retried = await sites.decide('retry', 'the load balancer is back');
    const result = await sites.result();

    expect(blocked).toMatchObject({
      phase: 'admitting',
      next: {
        message: expect.stringContaining('the load balancer does not exist'),
        can: ['retry', 'confirm', 'abort'],
      },
    });
    expect(shown).toContain(`sitewarden retry ${sites.pair.name} --reason "..."`);
    expect(shown).toContain('Whatever protects goes on.');
    expect(servingMeanwhile).toEqual(['site-a']);
    expect(retried.outcome).toBe('taken');
    expect(result.outcome).toBe('siteOnline');
    expect(sites.calls('startPush')).toHaveLength(2);
    expect(sites.areWhole).toBe(true);
  });

  it('while an admission is blocked the guard goes on: a new split is fenced, and the next way back begins at its start', async () => {
    const sites = await fenced();
    sites.world.heal();
    await sites.approveAt('synchronize');
    sites.world.faults.fail('addEndpoint', failed('RestoreNotPermitted', 'nobody may', false), { times: Infinity });
    await sites.approveAt('siteOnline');
    await sites.blockedBy('RestoreNotPermitted');

    sites.world.cut();
    await sites.reached('fenced');
    const writes = sites.world.write('site-a', 'work');
    sites.world.faults.clear();
    sites.world.heal();
    await sites.approveAt('synchronize');
    await sites.approveAt('siteOnline');

    expect(writes).toBe(true);
    expect((await sites.result()).outcome).toBe('siteOnline');
    expect(sites.areWhole).toBe(true);
  });

  it('a false alert in mid-push, while it compares and inside the soak changes nothing', async () => {
    const sites = await fenced({ policy: { soakSeconds: 20 } });
    sites.world.heal();
    sites.world.pushes.hold();
    await sites.approveAt('synchronize');
    await sites.reached('pushing');
    await sites.alert('site-b');
    await sites.runUntil('the alert is heard', ({ alerts }) => alerts.length === 2);
    const comparing = sites.world.faults.hang('readEntryDigests');
    sites.world.pushes.release();
    await comparing.reached;
    await sites.resolve('site-b');
    await sites.alert('site-b');
    comparing.release();
    await sites.approveAt('siteOnline');
    await sites.reached('soaking');
    await sites.resolve('site-a');
    await sites.alert('site-a');
    const { outcome, timeline, status } = await sites.result();

    expect(outcome).toBe('siteOnline');
    expect(timeline?.map(({ what }) => what).filter((what) => /void|fenced anew/.test(what))).toEqual([]);
    expect(status?.epoch).toBe(1);
    expect(sites.calls('removeEndpoint')).toHaveLength(1);
    expect(sites.calls('startPush')).toHaveLength(2);
    expect(sites.areWhole).toBe(true);
  });

  it('a real split while it compares, told by both sites: detached again, and the comparison that began before counts for nothing', async () => {
    const sites = await fenced();
    sites.world.heal();
    const push = sites.world.faults.hang('startPush', { afterApplying: true });
    await sites.approveAt('synchronize');
    await push.reached;
    const comparing = sites.world.faults.hang('readEntryDigests');
    push.release();
    await comparing.reached;

    sites.world.cut();
    await Promise.all(['site-a', 'site-b'].map((reporter) => sites.alert(reporter)));
    await sites.reached('fenced');
    const writes = sites.world.write('site-a', 'work');
    comparing.release();
    sites.world.heal();
    await sites.approveAt('synchronize');
    await sites.approveAt('siteOnline');
    const { outcome, status } = await sites.result();

    expect(writes).toBe(true);
    expect(outcome).toBe('siteOnline');
    expect(status?.epoch).toBe(2);
    expect(sites.areWhole).toBe(true);
  });
});
