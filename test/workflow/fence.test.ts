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

  it('partition (neither site sees the other): fences the one that is not preferred and proves it', async () => {
    const sites = twoSites();
    sites.world.cut();

    const taken = await sites.alert('site-b');
    const status = await sites.untilFenced();

    expect(taken).toMatchObject({ workflowId: sites.workflowId, outcome: 'started' });
    expect(status.roles).toMatchObject({ keepSite: 'site-a', staleSite: 'site-b' });
    expect(sites.world.endpointSites()).toEqual(['site-a']);
    expect(sites.world.backups('site-a')).toEqual({ actionTokens: 'offline', work: 'offline' });
    expect(sites.world.backups('site-b')).toEqual({ actionTokens: 'online', work: 'online' });
    expect(sites.calls('removeEndpoint')).toHaveLength(1);
    expect(sites.calls('takeBackupOffline')).toHaveLength(1);
    const result = await sites.abort();
    expect(result.outcome).toBe('aborted');
    await sites.golden('fenced-then-aborted');
  });
});
