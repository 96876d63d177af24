/** A hold outlives the worker and the history, on a real Temporal server over fake sites. */
import { until } from '../../lab/until';
import { alertSignal } from '../../workflows/contract/messages';
import { ReturningSites } from '../support/returning-sites';
import { startTemporal, type RunningTemporal } from '../support/temporal';

describe('site pair run: a hold on the way back', () => {
  let temporal: RunningTemporal;
  beforeAll(async () => {
    temporal = await startTemporal({ startWorkers: false });
  });
  afterAll(() => temporal?.stop());

  it("survives the worker's end and a new history, stops nothing protective, and ends with a release", async () => {
    const first = await temporal.moreWorkers();
    const sites = new ReturningSites(temporal, { name: 'held' });
    const handle = temporal.env.client.workflow.getHandle(sites.workflowId);
    await sites.fenceAfterSplit();
    sites.world.heal();
    await sites.askedAt('synchronize');
    await sites.decide('hold', 'not before noon');
    await sites.approveAt('synchronize');
    const held = await sites.runUntil('held', isHeld);
    const firstRun = (await handle.describe()).runId;

    await first.stop();
    sites.world.cut();
    sites.world.setBackup('site-a', 'online');
    await temporal.moreWorkers();
    await until(() => sites.world.write('site-a', 'work'), { what: 'the kept site writes again', withinSeconds: 60 });
    for (let sent = 0; sent < 120; sent += 1) await handle.signal(alertSignal, alertNumber(sent % 10));
    await until(async () => (await handle.describe()).runId !== firstRun, { what: 'a new history', withinSeconds: 60 });
    sites.world.heal();
    await sites.approveAt('synchronize');
    const stillHeld = await sites.runUntil('still held', isHeld);
    const doneMeanwhile = [...sites.calls('clearCache'), ...sites.calls('startPush'), ...sites.calls('addEndpoint')];
    await sites.decide('release', 'noon');
    await sites.approveAt('siteOnline');
    const { outcome, incident } = await sites.result();

    expect(stillHeld.held).toEqual(held.held);
    expect(doneMeanwhile).toEqual([]);
    expect([outcome, incident]).toEqual(['siteOnline', held.incident]);
    expect(sites.areWhole).toBe(true);
  });

  function isHeld({ waitingFor }: { waitingFor?: string }): boolean {
    return waitingFor === 'release: somebody holds this run';
  }

  function alertNumber(number: number) {
    return {
      fingerprint: `storm-${number}`,
      status: 'firing' as const,
      alertname: 'SiteOffline',
      site: 'site-b',
      reporter: 'site-a',
      startsAt: '2026-11-22T03:12:01Z',
    };
  }
});
