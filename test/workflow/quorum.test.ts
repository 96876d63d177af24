/** Runs of a pair whose witnesses vote, on a real Temporal server; the sites and the witnesses are fakes. */
import type { MajorityPolicy } from '../../domain/site-pair';
import { fakeObserver, type Standing } from '../support/fake-observer';
import { quorumPolicy } from '../support/gate-policies';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';

describe('site pair run: quorum', () => {
  let temporal: RunningTemporal;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  /** A pair that prefers site-a, with one witness that stands as it is told, and may be told otherwise later. */
  function witnessed(name: string, standing: Standing, majority: MajorityPolicy): TwoSites {
    const sites: TwoSites = new TwoSites(temporal, {
      name,
      observers: [{ name: 'third', votes: 1 }],
      policy: { quorum: quorumPolicy({ majority }) },
      gateways: (fakes) => ({
        ...fakes,
        observers: { third: { see: (signal) => fakeObserver(sites.world, standing).see(signal) } },
      }),
    });
    return sites;
  }

  it('the link breaks one way, and the witness reaches only the site that is not preferred: the preferred one is fenced', async () => {
    const sites = witnessed('majority', { cutFrom: ['site-a'] }, 'decides');
    sites.world.cutOneWay('site-a', 'site-b');

    await sites.alert('site-b');
    const { roles, weighed } = await sites.untilFenced();

    expect(roles).toMatchObject({
      keepSite: 'site-b',
      staleSite: 'site-a',
      because: expect.stringContaining('site-b has 2 of 3 votes; third reaches site-b only'),
    });
    expect(weighed?.conclusion).toContain('site-b has 2 of 3 votes');
    await sites.abort();
  });

  it('a majority is required, and the witness is gone: nothing is touched, until it is back', async () => {
    const standing: Standing = { gone: true };
    const sites = witnessed('required', standing, 'required');
    sites.world.cut();

    await sites.alert('site-a');
    const { next } = await sites.runUntil('refused', (status) => status.next?.kind === 'refuse');
    expect(next).toMatchObject({ kind: 'refuse', refusal: { code: 'NoQuorum' } });
    expect(sites.world.journal).toEqual([]);

    standing.gone = false;
    const { roles } = await sites.untilFenced();
    expect(roles).toMatchObject({ keepSite: 'site-a', because: expect.stringContaining('site-a has 2 of 3 votes') });
    await sites.abort();
  });
});
