/** Runs that hear and see more than one history can hold; on a real Temporal server over fake sites. */
import { askKeepSite } from '../../domain/gates';
import { newRunState } from '../../domain/state';
import type { RunStatus } from '../../workflows/contract/inputs';
import { alertSignal, approveSignal } from '../../workflows/contract/messages';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';

const alerts = 10_000;
const fingerprints = 20;
const atOnce = 100;

describe('site pair run: a storm of alerts', () => {
  let temporal: RunningTemporal;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  it('10,000 alerts into one open run: it goes on under new histories, loses none, and keeps its fence', async () => {
    const sites = new TwoSites(temporal, { name: 'storm' });
    sites.world.cut();
    await sites.alert('site-a');
    const { incident } = await sites.untilFenced();
    const handle = temporal.env.client.workflow.getHandle(sites.workflowId);
    const firstRun = (await handle.describe()).runId;

    const heardSoFar = (status: RunStatus) => status.alerts.reduce((sum, { timesHeard }) => sum + timesHeard, 0);
    for (let sent = 0; sent < alerts; sent += atOnce) {
      const burst = Array.from({ length: atOnce }, (_, index) =>
        handle.signal(alertSignal, {
          fingerprint: `storm-${(sent + index) % fingerprints}`,
          status: 'firing',
          alertname: 'SiteOffline',
          site: 'site-a',
          reporter: 'site-b',
          startsAt: '2026-11-22T03:12:01Z',
        }),
      );
      await Promise.all(burst);
      // The webhook paces a storm so that the run keeps up; here the run itself says that it did.
      await sites.runUntil(`${sent} alerts heard`, (status) => heardSoFar(status) >= sent + atOnce);
    }

    const heard = await sites.runUntil('every alert heard', (status) => heardSoFar(status) === alerts + 1);
    expect((await handle.describe()).runId).not.toBe(firstRun);
    expect((await handle.describe()).historyLength).toBeLessThan(1_000);
    expect(heard).toMatchObject({ incident, phase: 'fenced', roles: { staleSite: 'site-b' } });
    expect(heard.alerts).toHaveLength(fingerprints + 1);
    expect(sites.calls('removeEndpoint')).toHaveLength(1);
    expect(sites.calls('takeBackupOffline').map(({ where }) => where)).toEqual(['site-a']);
    expect((await sites.abort()).incident).toBe(incident);
    await sites.golden('went-on-under-a-new-history', firstRun);
    await sites.golden('carried-over');
  }, 300_000);

  it('a history that was typed by hand as its own former one is not believed', async () => {
    const sites = new TwoSites(temporal, { name: 'typed' });
    await temporal.env.client.workflow.start('sitePairRun', {
      workflowId: sites.workflowId,
      taskQueue: temporal.taskQueue,
      args: [{ pair: 'typed', goal: 'protect', carried: { pair: 'typed', known: 'all is well' } }],
    });

    expect((await sites.result()).outcome).toBe('nothingToDo');
  });

  it('the history of another pair is not believed: its lock is not held here', async () => {
    const sites = new TwoSites(temporal, { name: 'own' });
    const carried = newRunState({ pair: 'another', goal: 'protect', incident: 'another-1', startedAt: Date.now() });
    await temporal.env.client.workflow.start('sitePairRun', {
      workflowId: sites.workflowId,
      taskQueue: temporal.taskQueue,
      args: [{ pair: 'own', goal: 'protect', carried }],
    });

    expect((await sites.result()).incident).toMatch(/^own-/);
  });

  it('what was asked under the former history may be answered before the new one has looked', async () => {
    const sites = new TwoSites(temporal, { name: 'asked' });
    const carried = newRunState({ pair: 'asked', goal: 'protect', incident: 'asked-1', startedAt: Date.now() });
    const next = askKeepSite(
      { pair: sites.pair, state: carried, known: carried.known, now: Date.now() },
      'Which site is to be kept?',
    );
    await temporal.env.client.workflow.signalWithStart('sitePairRun', {
      workflowId: sites.workflowId,
      taskQueue: temporal.taskQueue,
      args: [{ pair: 'asked', goal: 'protect', carried, next }],
      signal: approveSignal,
      signalArgs: [{ gate: 'keepSite', site: 'site-a' }],
    });

    const { decisions } = await sites.result();

    expect(decisions).toMatchObject([{ kind: 'approve', gate: 'keepSite', site: 'site-a' }]);
    expect(decisions?.[0]?.refused).toBeUndefined();
  });
});
