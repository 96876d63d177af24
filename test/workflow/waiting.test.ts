/** Waits that nobody wants to sit out, on the server that skips time. */
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';

describe('site pair run: waiting', () => {
  let temporal: RunningTemporal;
  afterEach(() => temporal?.stop());

  it('an abort ends a run that cannot be looked at, and says that the state is unknown', async () => {
    temporal = await startTemporal({ skipTime: true });
    const sites = new TwoSites(temporal, { name: 'unseen' });
    await sites.fence('site-b');
    await sites.untilFenced();
    temporal.sitePairs.delete('unseen');

    const result = await sites.abort();

    expect(result.outcome).toBe('aborted');
    expect(result.report).toContain('the state of both sites is unknown');
  });
});
