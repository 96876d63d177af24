/** Bad days in an open run that others have made, on a real Temporal server over fake sites. */
import type { Question } from '../../domain/next';
import { until } from '../../lab/until';
import { failed } from '../support/fake-faults';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites, type TwoSitesOptions } from '../support/two-sites';

describe('site pair run: bad days', () => {
  let temporal: RunningTemporal;
  let pairs = 0;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  function splitSites(options: Partial<TwoSitesOptions> = {}): TwoSites {
    pairs += 1;
    const sites = new TwoSites(temporal, { name: `bad-day-${pairs}`, ...options });
    sites.world.cut();
    return sites;
  }

  it('AWS denies the removal: nothing is detached meanwhile, and the fence is completed once it is allowed', async () => {
    const sites = splitSites();
    sites.world.faults.fail('removeEndpoint', failed('TrafficDenied', 'AccessDeniedException', false), { times: 3 });

    await sites.alert('site-a');
    const denied = await sites.runUntil('denied', ({ waitingFor }) => /TrafficDenied/.test(waitingFor ?? ''));
    const detachedMeanwhile = [...sites.calls('takeBackupOffline')];
    const fenced = await sites.untilFenced();

    expect(denied).toMatchObject({ phase: 'fencing', verdict: { kind: 'partition' } });
    expect(detachedMeanwhile).toEqual([]);
    expect(sites.calls('removeEndpoint')).toHaveLength(1);
    expect(fenced.phase).toBe('fenced');
    await sites.abort();
  });

  it("the preferred site's address leads to another site's Infinispan: keeps the other one", async () => {
    const sites = splitSites();
    sites.world.answerAs('site-a', 'site-b');

    await sites.alert('site-b');
    const { roles } = await sites.untilFenced();

    expect(roles).toMatchObject({ keepSite: 'site-b', staleSite: 'site-a' });
    expect(sites.calls('takeBackupOffline').map(({ where }) => where)).toEqual(['site-b']);
    sites.world.answerAs('site-a', 'site-a');
    await sites.abort();
  });

  it('one cache of the kept site reads mixed after the fence: the proof is lost, and it is taken offline again', async () => {
    const sites = splitSites();
    await sites.alert('site-a');
    await sites.untilFenced();

    sites.world.setBackup('site-a', 'mixed', ['work']);
    const again = await sites.runUntil(
      'fenced again',
      ({ epoch, provedSince }) => epoch === 2 && provedSince !== undefined,
    );

    expect(again.roles).toMatchObject({ keepSite: 'site-a' });
    expect(sites.calls('takeBackupOffline').map(({ where }) => where)).toEqual(['site-a', 'site-a']);
    expect(sites.calls('removeEndpoint')).toHaveLength(1);
    await sites.abort();
  });

  it('by policy "ask" a fenced site that somebody put back reads diverging, is asked about, and goes once approved', async () => {
    const sites = splitSites({ policy: { whenPutBack: 'ask' } });
    await sites.alert('site-a');
    await sites.untilFenced();

    sites.world.addedByOthers('site-b');
    const asking = await sites.runUntil('asks', ({ next }) => next?.kind === 'ask');
    const removedMeanwhile = sites.calls('removeEndpoint').length;
    const { plan } = asking.next as Question;
    const approved = await sites.answer('approve', { gate: 'fence', plan, reason: 'nobody may be there' });
    await until(() => sites.world.endpointSites().length === 1, { what: 'site-b is out', withinSeconds: 40 });

    expect(asking).toMatchObject({ verdict: { kind: 'diverging' }, next: { gate: 'fence' } });
    expect(removedMeanwhile).toBe(1);
    expect(approved.outcome).toBe('taken');
    expect(sites.world.endpointSites()).toEqual(['site-a']);
    await sites.abort();
  });

  it('a look without a run tells that both sites serve and one does not replicate: diverging', async () => {
    const sites = splitSites();
    sites.world.heal();
    sites.world.setBackup('site-a', 'offline');

    const { verdict } = await temporal.client.observe({ pair: sites.pair.name });

    expect(verdict.kind).toBe('diverging');
    expect(await sites.status()).toEqual({ run: 'none' });
    expect(sites.world.journal).toEqual([]);
  });
});

describe('site pair run: blocked, and a person who does it by hand', () => {
  let temporal: RunningTemporal;
  beforeAll(async () => {
    temporal = await startTemporal({ mayRestore: false });
  });
  afterAll(() => temporal?.stop());

  it('a confirmed return is believed when it is read, and not before', async () => {
    const sites = new TwoSites(temporal, { name: 'by-hand', policy: { stableSeconds: 1 } });
    const removal = sites.world.faults.hang('removeEndpoint', { afterApplying: true });
    sites.world.cut();
    await sites.alert('site-a');
    await removal.reached;
    sites.world.heal();
    removal.release();
    await sites.runUntil('blocked', ({ next }) => next?.kind === 'blocked');

    const confirmed = await sites.decide('confirm', 'I have put it back');
    const still = await sites.runUntil('confirmed', ({ decisions }) => decisions.length === 1);
    sites.world.addedByOthers('site-b');
    const result = await sites.result();

    expect(confirmed.outcome).toBe('taken');
    expect(still.next?.kind).toBe('blocked');
    expect(result.outcome).toBe('restored');
    expect(sites.calls('addEndpoint')).toEqual([]);
    expect(sites.calls('takeBackupOffline')).toEqual([]);
  });
});
