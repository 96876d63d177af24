/** The fence, on a real Temporal server, over fake sites that behave as the real ones were measured to. */
import { until } from '../../lab/until';
import { FakeLocks } from '../support/fake-locks';
import { noHurry } from '../support/outcome';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites, type TwoSitesOptions } from '../support/two-sites';

describe('site pair run: fence', () => {
  let temporal: RunningTemporal;
  let pairs = 0;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  function twoSites(options: Partial<TwoSitesOptions> = {}): TwoSites {
    pairs += 1;
    return new TwoSites(temporal, { name: `fence-${pairs}`, ...options });
  }

  it('partition (neither site sees the other): fences the one that is not preferred, and proves it', async () => {
    const sites = twoSites();
    sites.world.cut();

    const taken = await sites.alert('site-b');
    const status = await sites.untilFenced();

    expect(taken).toMatchObject({ workflowId: sites.workflowId, outcome: 'started' });
    expect(status.roles).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b' });
    expect(sites.world.endpointSites()).toEqual(['site-a']);
    expect(sites.world.backups('site-a')).toEqual({ actionTokens: 'offline', work: 'offline' });
    expect(sites.world.backups('site-b')).toEqual({ actionTokens: 'online', work: 'online' });
    expect(sites.world.journal.map(({ call, site }) => [call, site])).toEqual([
      ['removeEndpoint', 'site-b'],
      ['takeBackupOffline', 'site-b'],
    ]);
    await sites.runUntil('deployed', ({ timeline }) => timeline.some(({ what }) => what.includes('DEPLOYED')));
    const result = await sites.abort();
    expect(result.outcome).toBe('aborted');
    expect(result.report).toContain('site-b is out of traffic');
    await sites.golden('fenced-then-aborted');
  });

  it.each([
    ['site-a', 'site-b'],
    ['site-b', 'site-a'],
  ])('partition (only %s does not see %s, clients reach both): fences one site and detaches it', async (from, to) => {
    const sites = twoSites();
    sites.world.cutOneWay(from, to);

    await sites.alert(from);
    const status = await sites.untilFenced();

    expect(status.verdict?.kind).toBe('fenced');
    expect(sites.world.endpointSites()).toEqual(['site-a']);
    expect(Object.values(sites.world.backups('site-a'))).toEqual(['offline', 'offline']);
    await sites.abort();
  });

  it('site down (the preferred one is silent): keeps the one that answers', async () => {
    const sites = twoSites();
    sites.world.stop('site-a');

    await sites.alert('site-b');
    const status = await sites.untilFenced();

    expect(status.roles?.keepSite).toBe('site-b');
    expect(sites.world.endpointSites()).toEqual(['site-b']);
    sites.world.restart('site-a');
    await sites.abort();
    await sites.golden('site-down');
  });

  it('keeps the site that was heard first when none is preferred', async () => {
    const sites = twoSites({ policy: { preferredSite: undefined } });
    sites.world.cut();

    await sites.alert('site-b');
    const status = await sites.untilFenced();

    expect(status.roles).toMatchObject({ keepSite: 'site-b', because: expect.stringContaining('heard first') });
    await sites.abort();
  });

  it('two sites accuse each other at the same instant: one run, one removal, the rival detached on the survivor only', async () => {
    const sites = twoSites();
    sites.world.cut();

    const taken = await Promise.all([sites.alert('site-a'), sites.alert('site-b')]);
    await sites.untilFenced();

    expect(taken.map(({ outcome }) => outcome).sort()).toEqual(['joined', 'started']);
    expect(new Set(taken.map(({ runId }) => runId)).size).toBe(1);
    expect(sites.calls('removeEndpoint')).toHaveLength(1);
    expect(sites.calls('takeBackupOffline').map(({ where }) => where)).toEqual(['site-a']);
    await sites.abort();
  });

  it('removes the site from every endpoint group that holds it before it detaches', async () => {
    const sites = twoSites({ groups: [{ region: 'eu-west-1' }, { region: 'eu-central-1', others: ['arn:other'] }] });
    sites.world.cut();

    await sites.alert('site-a');
    await sites.untilFenced();

    expect(sites.world.journal.map(({ call }) => call)).toEqual([
      'removeEndpoint',
      'removeEndpoint',
      'takeBackupOffline',
    ]);
    expect(sites.world.accelerator.groups().map(({ endpoints }) => endpoints.length)).toEqual([1, 2]);
    await sites.abort();
  });

  it('the same alert 100 times while it fires: one open run, one removal', async () => {
    const sites = twoSites();
    sites.world.cut();

    const taken = await Promise.all(Array.from({ length: 100 }, () => sites.alert('site-a')));
    const status = await sites.runUntil('all alerts heard', ({ alerts }) => alerts[0]?.timesHeard === 100);

    expect(new Set(taken.map(({ runId }) => runId)).size).toBe(1);
    await sites.untilFenced();
    expect(status.alerts).toHaveLength(1);
    expect(sites.calls('removeEndpoint')).toHaveLength(1);
    await sites.abort();
  });

  it('the same alert 100 times while it is refused: one open run, nothing touched, fenced once it may be', async () => {
    const sites = twoSites();
    sites.world.cut();
    sites.world.setHealth('site-a', 'UNHEALTHY');
    sites.world.setHealth('site-b', 'UNHEALTHY');

    const taken = await Promise.all(Array.from({ length: 100 }, () => sites.alert('site-a')));
    const refused = await sites.runUntil('refused', ({ next }) => next?.kind === 'refuse');

    expect(new Set(taken.map(({ runId }) => runId)).size).toBe(1);
    expect(refused.next).toMatchObject({ refusal: { code: 'ReporterUnhealthy' } });
    expect(sites.world.journal).toEqual([]);
    sites.world.setHealth('site-b', 'HEALTHY');
    const fenced = await sites.untilFenced();
    expect(fenced.roles?.keepSite).toBe('site-b');
    await sites.abort();
    await sites.golden('refused-then-fenced');
  });

  it('an alert that comes after the views healed: nothing is done', async () => {
    const sites = twoSites();

    await sites.alert('site-a');
    const result = await sites.result();

    expect(result.outcome).toBe('nothingToDo');
    expect(sites.world.journal).toEqual([]);
    await sites.golden('nothing-to-do');
  });

  it('ends at once when the alert is resolved and the pair reads healthy', async () => {
    const sites = twoSites({ policy: { stableSeconds: 3_600 } });

    await sites.alert('site-a');
    await sites.runUntil('looking', ({ next }) => next?.kind === 'wait');
    await sites.resolve('site-a');
    const result = await sites.result();

    expect(result.outcome).toBe('nothingToDo');
    expect(await sites.resolve('site-a')).toBe('NoOpenRun');
  });

  it('the link heals between removal and detach: nothing is detached, the endpoint is back once', async () => {
    const sites = twoSites({ endpoint: { weight: 77, clientIpPreservation: true } });
    const removal = sites.world.faults.hang('removeEndpoint', { afterApplying: true });
    sites.world.cut();
    await sites.alert('site-a');
    await removal.reached;

    sites.world.heal();
    removal.release();
    const result = await sites.result();

    expect(result.outcome).toBe('restored');
    expect(sites.world.journal.map(({ call, site }) => [call, site])).toEqual([
      ['removeEndpoint', 'site-b'],
      ['addEndpoint', 'site-b'],
    ]);
    expect(sites.world.endpointSites()).toEqual(['site-a', 'site-b']);
    const [group] = sites.world.accelerator.groups();
    expect(group?.endpoints.find(({ site }) => site === 'site-b')).toMatchObject({
      weight: 77,
      clientIpPreservation: true,
    });
    await sites.golden('restored');
  });

  it("the reporter's endpoint is unhealthy: keeps the other one", async () => {
    const sites = twoSites();
    sites.world.cut();
    sites.world.setHealth('site-a', 'UNHEALTHY');

    await sites.alert('site-a');
    const status = await sites.untilFenced();

    expect(status.roles).toMatchObject({
      keepSite: 'site-b',
      because: expect.stringContaining('only site-b can be kept'),
    });
    await sites.abort();
  });

  it('we lack the ADMIN right at one site: keeps the other one', async () => {
    const sites = twoSites();
    sites.world.cut();
    sites.world.faults.fail('readBackups', 'InfinispanDenied', { at: 'site-a', times: Infinity });

    await sites.alert('site-a');
    const status = await sites.untilFenced();

    expect(status.roles?.keepSite).toBe('site-b');
    sites.world.faults.clear();
    await sites.abort();
  });

  it.each([
    ['is unhealthy', 'KeepSiteUnhealthy', (sites: TwoSites) => sites.world.setHealth('site-a', 'UNHEALTHY')],
    ['has weight 0', 'KeepSiteGetsNoTraffic', (sites: TwoSites) => sites.world.accelerator.setWeight('site-a', 0)],
    ['has no endpoint', 'LastEndpoint', (sites: TwoSites) => sites.world.removedByOthers('site-a')],
    [
      'denies us ADMIN',
      'KeepSiteNotAdministrable',
      (sites: TwoSites) =>
        sites.world.faults.fail('readBackups', 'InfinispanDenied', { at: 'site-a', times: Infinity }),
    ],
  ])(
    'a person asks for a fence while the site to keep %s: refused before anything is touched',
    async (_, code, spoil) => {
      const sites = twoSites();
      spoil(sites);

      const answer = await sites.fence('site-b');
      const result = await sites.result();

      expect(answer.outcome).toBe('started');
      expect(result).toMatchObject({ outcome: 'refused', refusal: { code } });
      expect(sites.world.journal).toEqual([]);
      if (code === 'LastEndpoint') await sites.golden('refused');
    },
  );

  it('a person fences on a whole link: done, and not undone', async () => {
    const sites = twoSites({ policy: { stableSeconds: 1 } });

    await sites.fence('site-b', 'maintenance of the network');
    await sites.untilFenced();
    const later = await sites.runUntil('the link was whole for long', ({ next }) => {
      return next?.kind === 'wait' && next.for === 'site-b to be written to by nobody for 30 s';
    });

    expect(later.provedSince).toBeDefined();
    expect(sites.calls('addEndpoint')).toEqual([]);
    expect(sites.world.endpointSites()).toEqual(['site-a']);
    await sites.abort();
    await sites.golden('requested-on-a-whole-link');
  });

  it('a request for the same site joins, one for the other site is refused', async () => {
    const sites = twoSites();
    await sites.fence('site-b');
    await sites.untilFenced();

    const same = await sites.fence('site-b');
    const opposite = await sites.fence('site-a');

    expect(same).toMatchObject({ outcome: 'joined', verdict: { kind: 'fenced' } });
    expect(opposite).toMatchObject({ outcome: 'refused', refusal: { code: 'OppositeSiteFenced' } });
    expect(sites.world.endpointSites()).toEqual(['site-a']);
    await sites.abort();
  });

  it('only one endpoint is left and the link is broken: keeps that site and detaches its rival', async () => {
    const sites = twoSites();
    sites.world.removedByOthers('site-a');
    sites.world.cut();

    await sites.alert('site-a');
    const status = await sites.untilFenced();

    expect(status.roles).toMatchObject({ keepSite: 'site-b', staleSite: 'site-a' });
    expect(sites.calls('removeEndpoint')).toEqual([]);
    expect(sites.world.endpointSites()).toEqual(['site-b']);
    await sites.abort();
    await sites.golden('half-fence-adopted');
  });

  it('take-offline answers 500: never said to be fenced, completed when it answers again', async () => {
    const sites = twoSites();
    sites.world.cut();
    sites.world.faults.fail('takeBackupOffline', 'InfinispanFailed', { times: 3 });

    await sites.alert('site-a');
    const meanwhile = await sites.runUntil('site-b is out', ({ verdict }) => verdict?.kind === 'halfFenced');
    const fenced = await sites.untilFenced();

    expect(meanwhile.phase).toBe('fencing');
    expect(meanwhile.provedSince).toBeUndefined();
    expect(fenced.phase).toBe('fenced');
    expect(sites.calls('takeBackupOffline')).toHaveLength(1);
    expect(sites.calls('removeEndpoint')).toHaveLength(1);
    await sites.abort();
    await sites.golden('detach-failed-first');
  });

  it('the outer lock is held by other automation: the page says by whom and since when, and the fence follows', async () => {
    const locks = new FakeLocks();
    const ask = { name: 'sitewarden/fence-locked/run', leaseSeconds: 60 };
    const sites = twoSites({ outerLock: { locks, ...ask, fenceWaits: false } });
    await locks.tryAcquire({ ...ask, owner: 'terraform' }, noHurry());
    sites.world.cut();

    await sites.alert('site-a');
    const { waitingFor } = await sites.runUntil('a wait for the lock', (status) =>
      Boolean(status.waitingFor?.includes('LockHeld')),
    );
    const meanwhile = sites.world.endpointSites();
    locks.revoke(ask.name);
    await sites.untilFenced();

    expect(waitingFor).toMatch(/^another try after LockHeld, since [\d:]{8} UTC: /);
    expect(waitingFor).toContain('The lock sitewarden/fence-locked/run is held by terraform; nothing was sent.');
    expect(meanwhile).toEqual(['site-a', 'site-b']);
    expect(sites.world.endpointSites()).toEqual(['site-a']);
    await sites.abort();
  });

  it('an answer lost after the effect is found out by reading, not repeated', async () => {
    const sites = twoSites();
    sites.world.cut();
    sites.world.faults.fail('removeEndpoint', 'TrafficUnreachable', { afterApplying: true });

    await sites.alert('site-a');
    await sites.untilFenced();

    expect(sites.calls('removeEndpoint')).toHaveLength(1);
    await sites.abort();
  });

  it('stale reads after the removal wait instead of removing twice', async () => {
    const sites = twoSites();
    sites.world.cut();
    sites.world.accelerator.lagReadsBy(2);

    await sites.alert('site-a');
    await sites.untilFenced();

    expect(sites.calls('removeEndpoint')).toHaveLength(1);
    await sites.abort();
  });

  it('Global Accelerator cannot be read: nothing is touched until it can', async () => {
    const sites = twoSites();
    sites.world.cut();
    const silence = sites.world.faults.hang('readGroups');

    await sites.alert('site-a');
    await sites.runUntil('refused', ({ next }) => next?.kind === 'refuse' && next.refusal.code === 'TrafficUnknown');
    const before = [...sites.world.journal];
    silence.release();
    await sites.untilFenced();

    expect(before).toEqual([]);
    await sites.abort();
  });

  it('the kept site vanishes after the removal and before the detach: the stale one is put back at once', async () => {
    const sites = twoSites();
    const removal = sites.world.faults.hang('removeEndpoint', { afterApplying: true });
    sites.world.cut();
    await sites.alert('site-a');
    await removal.reached;

    sites.world.removedByOthers('site-a');
    removal.release();
    await until(() => sites.world.endpointSites().length > 0, { what: 'a site in traffic', withinSeconds: 30 });

    expect(sites.world.endpointSites()).toEqual(['site-b']);
    expect(sites.calls('takeBackupOffline')).toEqual([]);
    await sites.abort();
    expect(sites.world.endpointSites()).toEqual(['site-b']);
    await sites.golden('kept-site-vanished');
  });
});
