/** A storm of alerts while a long command runs beside the loop; on a real Temporal server over fake sites. */
import { until } from '../../lab/until';
import { alertSignal } from '../../workflows/contract/messages';
import { ReturningSites } from '../support/returning-sites';
import { startTemporal, type RunningTemporal } from '../support/temporal';

describe('site pair run: a storm while the sites are compared', () => {
  let temporal: RunningTemporal;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  /** A healed pair in the middle of its first comparison. */
  async function comparing(name: string) {
    const sites = new ReturningSites(temporal, { name });
    const comparison = sites.world.faults.hang('readEntryDigests');
    await sites.fenceAfterSplit();
    sites.world.heal();
    await comparison.reached;
    const handle = temporal.env.client.workflow.getHandle(sites.workflowId);
    return { sites, comparison, handle, firstRun: (await handle.describe()).runId };
  }

  async function storm(sites: ReturningSites, alerts: number): Promise<void> {
    const handle = temporal.env.client.workflow.getHandle(sites.workflowId);
    for (let sent = 0; sent < alerts; sent += 50) {
      const burst = Array.from({ length: 50 }, (_, index) =>
        handle.signal(alertSignal, {
          fingerprint: `storm-${index % 10}`,
          status: 'firing',
          alertname: 'SiteOffline',
          site: 'site-b',
          reporter: 'site-a',
          startsAt: '2026-11-22T03:12:01Z',
        }),
      );
      await Promise.all(burst);
      await sites.runUntil(
        `${sent} alerts heard`,
        (status) => status.alerts.reduce((sum, { timesHeard }) => sum + timesHeard, 0) > sent + 50,
      );
    }
  }

  /** How often a comparison was asked for, so far, in one history. */
  async function comparisons(sites: ReturningSites, runId: string): Promise<number> {
    const { events } = await sites.history(runId);
    return (events ?? []).filter(
      (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'compareSites',
    ).length;
  }

  it('a comparison that is under way is not begun anew: the new history waits for its end', async () => {
    const { sites, comparison, handle, firstRun } = await comparing('patient');

    await storm(sites, 150);
    const { runId } = await handle.describe();
    comparison.release();
    await until(async () => (await handle.describe()).runId !== firstRun, { what: 'a new history', withinSeconds: 60 });
    await sites.askedAt('synchronize');

    expect(runId).toBe(firstRun);
    expect(await comparisons(sites, firstRun)).toBe(1);
    expect(await comparisons(sites, (await handle.describe()).runId)).toBe(0);
    await sites.abort();
    await sites.golden('waited-for-a-comparison', firstRun);
  });

  it('a storm that outlasts the bound has its new history, and the comparison is begun anew there', async () => {
    const { sites, comparison, handle, firstRun } = await comparing('impatient');

    await storm(sites, 300);
    await until(async () => (await handle.describe()).runId !== firstRun, { what: 'a new history', withinSeconds: 60 });
    comparison.release();
    await sites.askedAt('synchronize');

    expect(await comparisons(sites, firstRun)).toBe(1);
    expect(await comparisons(sites, (await handle.describe()).runId)).toBe(1);
    await sites.abort();
  });
});
