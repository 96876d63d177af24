/** The kept site is lost in the middle of an incident; on a real Temporal server over fake sites. */
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites, type TwoSitesOptions } from '../support/two-sites';

describe('site pair run: a kept site that is lost', () => {
  let temporal: RunningTemporal;
  let pairs = 0;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  function splitSites(options: Partial<TwoSitesOptions> = {}): TwoSites {
    pairs += 1;
    const sites = new TwoSites(temporal, { name: `lost-${pairs}`, ...options });
    sites.world.cut();
    return sites;
  }

  it('before the detach: the stale site is put back, and the lost one is fenced instead', async () => {
    const sites = splitSites();
    const removal = sites.world.faults.hang('removeEndpoint', { afterApplying: true });
    await sites.alert('site-a');
    await removal.reached;
    sites.world.setHealth('site-a', 'UNHEALTHY');
    removal.release();

    const fenced = await sites.untilFenced();

    expect(fenced.roles).toMatchObject({ keepSite: 'site-b', staleSite: 'site-a' });
    expect(sites.world.endpointSites()).toEqual(['site-b']);
    expect(Object.values(sites.world.backups('site-b'))).toEqual(['offline', 'offline']);
    expect(sites.world.journal.map(({ call, site }) => `${call} ${site}`)).toEqual([
      'removeEndpoint site-b',
      'addEndpoint site-b',
      'removeEndpoint site-a',
      'takeBackupOffline site-a',
    ]);
    await sites.abort();
    await sites.golden('swapped');
  });

  it('after the detach: only a decision that names the plan lets the stale site serve, and then it is guarded', async () => {
    const sites = splitSites();
    await sites.alert('site-a');
    await sites.untilFenced();
    sites.world.setHealth('site-a', 'UNHEALTHY');
    const { next } = await sites.runUntil('asked', (status) => status.next?.kind === 'ask');
    const question = next?.kind === 'ask' ? next : undefined;

    const older = await sites.answer('approve', { gate: 'admitStaleSite', plan: '00000000', reason: 'a test' });
    const taken = await sites.answer('approve', { gate: 'admitStaleSite', plan: question?.plan, reason: 'a test' });
    const admitted = await sites.runUntil(
      'admitted and guarded',
      ({ roles, provedSince }) => roles?.keepSite === 'site-b' && provedSince !== undefined,
    );

    expect(question).toMatchObject({ gate: 'admitStaleSite', plan: expect.stringMatching(/^[0-9a-f]{8}$/) });
    expect(older.refusal?.code).toBe('PlanOutdated');
    expect(taken.outcome).toBe('taken');
    expect(admitted.roles?.because).toBe('somebody decided that it serves in place of site-a');
    expect(sites.world.endpointSites()).toEqual(['site-b']);
    expect(sites.world.journal.slice(2).map(({ call, site }) => `${call} ${site}`)).toEqual([
      'removeEndpoint site-a',
      'takeBackupOffline site-a',
      'addEndpoint site-b',
    ]);
    await sites.abort();
    await sites.golden('stale-site-admitted');
  });

  it('after the detach, without a decision: nothing is done, and the question stays', async () => {
    const sites = splitSites();
    await sites.alert('site-a');
    await sites.untilFenced();
    sites.world.setHealth('site-a', 'UNHEALTHY');
    await sites.runUntil('asked', ({ next }) => next?.kind === 'ask');

    const rejected = await sites.answer('reject', { gate: 'admitStaleSite', plan: '00000000', reason: 'no' });
    sites.world.setHealth('site-a', 'HEALTHY');
    await sites.runUntil('guarding again', ({ next }) => next?.kind === 'wait' && next.for.startsWith('the link'));

    expect(rejected.refusal?.code).toBe('PlanOutdated');
    expect(sites.calls('addEndpoint')).toEqual([]);
    await sites.abort();
  });

  it("the kept site's Infinispan is silent between removal and detach: a person is asked after a minute, and it goes on", async () => {
    let ahead = 0;
    const clocked = await startTemporal({
      clock: { now: () => Date.now() + ahead, monotonicMs: () => performance.now() },
    });
    try {
      const sites = new TwoSites(clocked, { name: 'silent', clock: () => Date.now() + ahead });
      sites.world.cut();
      const removal = sites.world.faults.hang('removeEndpoint', { afterApplying: true });
      await sites.alert('site-a');
      await removal.reached;
      for (const call of ['readBackups', 'readView', 'takeBackupOffline'] as const) {
        sites.world.faults.fail(call, 'InfinispanUnreachable', { at: 'site-a', times: Infinity });
      }
      removal.release();
      await sites.runUntil('refusing', ({ next }) => next?.kind === 'refuse');
      ahead = 60_000;
      const asked = await sites.runUntil('asked', ({ next }) => next?.kind === 'ask');
      sites.world.faults.clear();
      const fenced = await sites.untilFenced();

      expect(asked.next).toMatchObject({
        gate: 'keepSite',
        question: expect.stringContaining('site-b is out of traffic'),
      });
      expect(fenced.roles?.keepSite).toBe('site-a');
      await sites.abort();
    } finally {
      await clocked.stop();
    }
  });
});
