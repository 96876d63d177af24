/** From a watchdog alert that is posted to the webhook, over a real Temporal server, to what readiness says of it. */
import { request } from 'undici';
import { AlertPathRecords } from '../../client/alert-path-records';
import type { ReadinessReport } from '../../domain/readiness/report';
import { FakeWorld } from '../support/fake-world';
import { pair as aPair } from '../support/observations';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { alertPathWorkflowId, sitePairWorkflowId } from '../../workflows/contract/ids';
import { aWebhook, basic } from '../unit/webhook/a-webhook';
import { firing, withLabels } from '../unit/webhook/captured-bodies';

describe('the alert path', () => {
  let temporal: RunningTemporal;
  beforeAll(async () => {
    temporal = await startTemporal();
  });
  afterAll(() => temporal?.stop());

  const webhooks: { close(): Promise<unknown> }[] = [];
  afterEach(() => Promise.all(webhooks.splice(0).map((webhook) => webhook.close())));

  /** A webhook that listens, and hands over to Temporal; `aheadMs`: its clock. */
  async function listening(name: string, aheadMs = 0) {
    const records = new AlertPathRecords(temporal.env.client, temporal.taskQueue, () => Date.now() + aheadMs);
    const pairs = [{ name, sites: ['site-a', 'site-b'] as const, accelerators: [] }];
    const { server } = aWebhook({ pairs, alertPath: records, intake: temporal.client });
    webhooks.push(server);
    const address = await server.listen({ host: '127.0.0.1', port: 0 });
    return async (body: unknown) => {
      const headers = { authorization: basic(), 'content-type': 'application/json' };
      const answer = await request(`${address}/alerts`, { method: 'POST', headers, body: JSON.stringify(body) });
      await answer.body.dump();
      return answer.statusCode;
    };
  }

  const watchdog = (pair: string, reporter: string, status = 'firing') => {
    const site = reporter === 'site-a' ? 'site-b' : 'site-a';
    const body = withLabels({ alertname: 'SitewardenWatchdog', site_pair: pair, site, reporter });
    return { ...firing, alerts: body.alerts.map((alert) => ({ ...alert, status })) };
  };

  const recordOf = (pair: string, reporter: string) =>
    temporal.env.client.workflow
      .getHandle(alertPathWorkflowId(pair, reporter))
      .describe()
      .then(({ runId, startTime }) => ({ runId, startTime }));

  /** What the check says once a worker has looked. */
  async function said(name: string): Promise<readonly string[]> {
    const report = await temporal.env.client.workflow.execute('assessSitePairReadiness', {
      workflowId: `readiness/${name}`,
      taskQueue: temporal.taskQueue,
      args: [{ pair: name }],
    });
    const check = (report as ReadinessReport).checks.find((one) => one.name === 'alertPath');
    return check!.findings.map(({ what }) => what);
  }

  function configure(name: string): void {
    const gateways = new FakeWorld().gateways();
    temporal.sitePairs.set(name, { pair: { ...aPair, name }, configHash: '', gateways });
  }

  it('was never heard, until a watchdog of each site arrived; a run is not begun by it', async () => {
    configure('heard');
    const post = await listening('heard');
    expect(await said('heard')).toEqual([
      'no watchdog alert arrived for the view of site-a, as far back as Temporal keeps',
      'no watchdog alert arrived for the view of site-b, as far back as Temporal keeps',
    ]);

    expect(await post(watchdog('heard', 'site-a'))).toBe(202);
    expect(await said('heard')).toEqual([
      'no watchdog alert arrived for the view of site-b, as far back as Temporal keeps',
    ]);

    expect(await post(watchdog('heard', 'site-b'))).toBe(202);
    expect(await said('heard')).toEqual([]);
    const run = temporal.env.client.workflow.getHandle(sitePairWorkflowId('heard'));
    await expect(run.describe()).rejects.toThrow(/not found/i);
  });

  it('wakes no run that is open, and ends none', async () => {
    configure('open');
    const post = await listening('open');
    const { runId } = await temporal.client.firing('open', {
      ...{ fingerprint: 'aa', status: 'firing', alertname: 'SiteOffline', site: 'site-b', reporter: 'site-a' },
      startsAt: new Date().toISOString(),
    });
    const signals = async () => {
      const { history } = await temporal.env.client.workflowService.getWorkflowExecutionHistory({
        namespace: 'default',
        execution: { workflowId: sitePairWorkflowId('open'), runId },
      });
      return history?.events?.filter(({ workflowExecutionSignaledEventAttributes: signal }) => signal).length;
    };
    const before = await signals();

    for (const status of ['firing', 'resolved']) await post(watchdog('open', 'site-a', status));

    expect([before, await signals()]).toEqual([1, 1]);
    await temporal.env.client.workflow.getHandle(sitePairWorkflowId('open')).terminate();
  });

  it('is kept at most once in ten minutes, by however many webhooks it comes', async () => {
    const [one, another] = await Promise.all([listening('often'), listening('often')]);
    await one(watchdog('often', 'site-a'));
    const first = await recordOf('often', 'site-a');

    for (const post of [another, one, another]) expect(await post(watchdog('often', 'site-a'))).toBe(202);

    expect(await recordOf('often', 'site-a')).toEqual(first);
  });

  it('is kept anew after ten minutes, whichever way the clocks differ', async () => {
    const [now, later, earlier] = await Promise.all([0, 11, -11].map((by) => listening('anew', by * 60_000)));
    const runs = new Set<string>();
    for (const post of [now!, later!, earlier!]) {
      await post(watchdog('anew', 'site-a'));
      runs.add((await recordOf('anew', 'site-a')).runId);
      // One that has not ended yet is no older than a moment.
      await temporal.env.client.workflow.getHandle(alertPathWorkflowId('anew', 'site-a')).result();
    }

    expect(runs.size).toBe(3);
  });

  it('that a watchdog ended is no record', async () => {
    const post = await listening('ended');

    expect(await post(watchdog('ended', 'site-a', 'resolved'))).toBe(202);

    await expect(recordOf('ended', 'site-a')).rejects.toThrow(/not found/i);
  });
});

describe('the alert path while no worker is up', () => {
  let temporal: RunningTemporal;
  beforeAll(async () => {
    temporal = await startTemporal({ startWorkers: false });
  });
  afterAll(() => temporal?.stop());

  it('is kept all the same, and its record ends by itself', async () => {
    await new AlertPathRecords(temporal.env.client, temporal.taskQueue).heard({ pair: 'alone', reporter: 'site-a' });

    const { status, raw } = await temporal.env.client.workflow
      .getHandle(alertPathWorkflowId('alone', 'site-a'))
      .describe();
    expect(status.name).toBe('RUNNING');
    expect(Number(raw.executionConfig?.workflowRunTimeout?.seconds)).toBe(300);
  });
});
