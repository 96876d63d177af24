/**
 * The way of an alert on real parts: Alertmanager with the shipped receiver, the shipped webhook, and Temporal. Each of the
 * three goes away at the worst moment; no alert is lost, and none has its effect twice.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { request } from 'undici';
import { until } from '../../lab/until';
import { alertSignal } from '../../workflows/contract/messages';
import { sitePairWorkflowId } from '../../workflows/contract/ids';
import { startTemporal, type RunningTemporal } from '../support/temporal';
import { TwoSites } from '../support/two-sites';
import { startWebhookLab, type WebhookLab } from '../support/webhook-lab';

const many = ['many-1', 'many-2', 'many-3', 'many-4', 'many-5', 'many-6'];
const pairs = ['down', 'started-blind', 'killed', 'stopping', 'hostile', 'rotated', ...many];

describe('an alert, from Alertmanager to Temporal', () => {
  let lab: WebhookLab;
  let connection: Connection;
  beforeAll(async () => {
    lab = await startWebhookLab(pairs);
    await Promise.all([lab.alertmanager.process.start(), lab.webhook.start()]);
    connection = Connection.lazy({ address: lab.temporal.address });
  });
  afterAll(async () => {
    await connection?.close();
    await lab?.close();
  });

  /** The runs that this pair ever had, and how often each was told of an alert; waits until there is one in the list. */
  function runsOf(pair: string): Promise<{ runId: string; alerts: number }[]> {
    const listed = async () => {
      const runs = await runsListed(pair);
      return runs.length > 0 ? runs : undefined;
    };
    return lab.run.until(listed, soon(`a run of ${pair} is listed`));
  }

  async function runsListed(pair: string): Promise<{ runId: string; alerts: number }[]> {
    const client = new Client({ connection });
    const workflowId = sitePairWorkflowId(pair);
    const runs: { runId: string; alerts: number }[] = [];
    for await (const { runId } of client.workflow.list({ query: `WorkflowId = "${workflowId}"` })) {
      const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      const signals = (events ?? []).map((event) => event.workflowExecutionSignaledEventAttributes?.signalName);
      runs.push({ runId, alerts: signals.filter((name) => name === alertSignal.name).length });
    }
    return runs;
  }

  const hasRun = (pair: string): Promise<boolean> =>
    new Client({ connection }).workflow
      .getHandle(sitePairWorkflowId(pair))
      .describe()
      .then(() => true);

  const accepted = (pair: string) => lab.log().filter((line) => line.pair === pair && line.outcome !== undefined);
  const ignored = (reason: string) => lab.metric(`sitewarden_webhook_alerts_total{result="ignored",reason="${reason}"`);

  /** Posts a notification as Alertmanager does. @returns the status. */
  async function notify(password: string, alerts: readonly object[]): Promise<number> {
    const credentials = Buffer.from(`${lab.webhookUser.username}:${password}`).toString('base64');
    const answer = await request(`${lab.webhookUrl}/alerts`, {
      method: 'POST',
      headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/json' },
      body: JSON.stringify({ version: '4', alerts }),
    });
    await answer.body.dump();
    return answer.statusCode;
  }

  const soon = (what: string) => ({ what, withinSeconds: 60 });

  describe('while Temporal is away', () => {
    it('is answered 503 and sent again by Alertmanager, until Temporal is back: one run, begun once', async () => {
      await lab.temporal.server.kill();
      await lab.alert('down');
      const refused = () => lab.log().filter(({ path, status }) => path === '/alerts' && status === 503);
      await lab.run.until(() => refused().length >= 2, soon('two refusals'));
      const ready = await request(`${lab.webhookUrl}/readyz`);
      expect(ready.statusCode).toBe(503);
      expect(await ready.body.json()).toMatchObject({ error: 'Not ready: Temporal does not answer.' });
      expect((await request(`${lab.webhookUrl}/healthz`)).statusCode).toBe(200);

      await lab.temporal.server.start();
      await lab.run.until(() => accepted('down').length > 0, soon('the alert is taken'));

      // A try that Alertmanager has given up may be stored too, so it may be told more than once, never less.
      const [first, ...repeats] = accepted('down');
      const [run, ...others] = await runsOf('down');
      expect(first?.outcome).toBe('started');
      expect(repeats.filter(({ outcome, runId }) => outcome !== 'joined' || runId !== first?.runId)).toEqual([]);
      expect([run?.runId, others]).toEqual([first?.runId, []]);
      expect(await lab.metric('sitewarden_webhook_alerts_total{result="started"')).toBe(1);
      expect(await lab.metric('sitewarden_webhook_alerts_total{result="failed"')).toBeGreaterThanOrEqual(2);
      expect(await lab.metric('sitewarden_webhook_last_alert_timestamp_seconds{pair="down"')).toBeGreaterThan(0);
    });

    it('and the webhook starts only then: the same', async () => {
      await lab.webhook.stop();
      await lab.temporal.server.stop();
      const started = lab.webhook.start();
      await lab.run.until(
        async () => (await request(`${lab.webhookUrl}/healthz`)).statusCode === 200,
        soon('the webhook answers'),
      );
      await lab.alert('started-blind');
      await lab.run.until(
        async () => (await lab.metric('sitewarden_webhook_alerts_total{result="failed"')) > 0,
        soon('a refusal'),
      );

      await lab.temporal.server.start();
      await started;
      await lab.run.until(() => accepted('started-blind').length > 0, soon('the alert is taken'));

      expect(accepted('started-blind')[0]?.outcome).toBe('started');
      expect(await runsOf('started-blind')).toHaveLength(1);
    });
  });

  describe('while a worker works', () => {
    let workers: RunningTemporal;
    beforeAll(async () => {
      workers = await startTemporal({ existing: lab.temporal.address });
    });
    afterAll(() => workers?.stop());

    it('the webhook is killed after Temporal took it and before it was answered: sent again, joined, fenced once', async () => {
      const sites = new TwoSites(workers, { name: 'killed' });
      sites.world.cut();
      lab.proxy.hold();
      await lab.alert('killed');
      await lab.run.until(() => hasRun('killed'), soon('Temporal has the alert'));
      expect(accepted('killed')).toEqual([]);

      await lab.webhook.kill();
      lab.proxy.release();
      await lab.webhook.start();
      await lab.run.until(() => accepted('killed').length > 0, soon('the alert was sent again'));
      const fenced = await sites.untilFenced();

      const [run, ...others] = await runsOf('killed');
      expect(others).toEqual([]);
      expect(accepted('killed')[0]).toMatchObject({ outcome: 'joined', runId: run?.runId });
      expect(run?.alerts).toBeGreaterThanOrEqual(2);
      expect(fenced.alerts).toMatchObject([{ reporter: 'site-a', site: 'site-b' }]);
      expect(sites.calls('removeEndpoint')).toHaveLength(1);
      expect(sites.calls('takeBackupOffline')).toHaveLength(1);
      await sites.abort();
    });

    it('the webhook is asked to stop in the middle of it: answers first, then goes', async () => {
      const sites = new TwoSites(workers, { name: 'stopping' });
      sites.world.cut();
      lab.proxy.hold();
      await lab.alert('stopping');
      await lab.run.until(() => hasRun('stopping'), soon('Temporal has the alert'));

      const stopped = lab.webhook.stop();
      await lab.run.until(
        () =>
          request(lab.webhookUrl).then(
            () => false,
            () => true,
          ),
        soon('nothing new is taken'),
      );
      expect(accepted('stopping')).toEqual([]);
      lab.proxy.release();
      await stopped;

      expect(accepted('stopping')).toMatchObject([{ outcome: 'started' }]);
      expect(lab.log().at(-1)?.message).toBe('Closed: connection to Temporal.');
      await lab.webhook.start();
      await sites.untilFenced();
      await sites.abort();
    });

    it('draws on no page, no log line and no terminal, whatever its labels hold', async () => {
      const sites = new TwoSites(workers, { name: 'hostile' });
      sites.world.cut();
      const evil = `../../../etc/passwd <img src=x onerror=alert(1)> [click](javascript:alert(1)) | **bold** \u001b]0;title\u0007\u001b[2J\u009b31m\r\n{"level":"info","message":"forged"}\n\u202Eevil ${'x'.repeat(10_000)}`;

      await lab.alert('hostile', { note: evil, instance: evil });
      await lab.alert('hostile', { site: evil });
      await lab.alert('hostile', { site_pair: evil, reporter: evil });
      await lab.run.until(() => ignored('SitesUnknown'), soon('the second is told to concern nobody'));
      await lab.run.until(() => ignored('PairUnknown'), soon('the third is told to concern nobody'));
      // Past Alertmanager, which routes by the alert's name.
      expect(await notify(lab.webhookUser.password, [alertOf('hostile', { alertname: evil })])).toBe(202);
      const run = await sites.untilFenced();
      const page = await pageOf(workers, sites);
      const { stdout } = await lab.sitewarden.cli(lab.configFile, 'status', 'hostile');

      expect(run.alerts).toHaveLength(2);
      expect(lab.log().map(({ message }) => message)).not.toContain('forged');
      for (const shown of [lab.logText(), page, stdout, JSON.stringify(run, undefined, 1)]) {
        expect(shown).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|\p{Zl}|\p{Zp}/u);
        expect(shown).not.toContain('x'.repeat(1_000));
      }
      expect(page).not.toMatch(/<img|\]\(javascript|\*\*bold/);
      await sites.abort();
    });
  });

  it('that is one of 300 for six pairs in one body is with its run when the body is taken', async () => {
    const alerts = Array.from({ length: 300 }, (_, index) => ({
      ...alertOf(many[index % many.length] ?? '', {}),
      fingerprint: index.toString(16),
    }));

    // As Alertmanager does: again, until it is taken.
    await until(async () => (await notify(lab.webhookUser.password, alerts)) === 202, soon('the body is taken'));

    for (const pair of many) {
      const [run, ...others] = await runsOf(pair);
      expect(others).toEqual([]);
      expect(run?.alerts).toBeGreaterThanOrEqual(50);
    }
  });

  it('is let in by the password before as well as by the new one, while a rotation goes on', async () => {
    const { webhookUser, alertmanager } = lab;
    const next = { username: webhookUser.username, password: 'the-next-password' };
    writeFileSync(webhookUser.secretFile, JSON.stringify(next));
    // The first who has the new password makes the webhook learn of it.
    const knowsNext = async () => (await notify(next.password, [])) === 202;
    await until(knowsNext, soon('the webhook knows the new password'));

    await lab.alert('rotated', { round: 'before' });
    await lab.run.until(() => accepted('rotated').length === 1, soon('by the password before'));
    writeFileSync(join(alertmanager.folder, 'webhook-password'), next.password);
    await lab.alert('rotated', { round: 'after' });
    await lab.run.until(() => accepted('rotated').length === 2, soon('by the new password'));

    expect(readFileSync(join(alertmanager.folder, 'webhook-password'), 'utf8')).toBe(next.password);
    expect(accepted('rotated').map(({ outcome }) => outcome)).toEqual(['started', 'joined']);
    expect(lab.logText()).not.toContain(next.password);
    expect(lab.logText()).not.toContain(webhookUser.password);
  });
});

function alertOf(pair: string, labels: Record<string, string>) {
  const [startsAt, fingerprint] = ['2026-11-22T09:54:21.616Z', 'beef'];
  return {
    status: 'firing',
    startsAt,
    fingerprint,
    labels: { site_pair: pair, site: 'site-b', reporter: 'site-a', ...labels },
  };
}

/** What the Temporal UI shows beside the run. */
async function pageOf({ env }: RunningTemporal, sites: TwoSites): Promise<string> {
  const metadata = await env.client.workflow
    .getHandle(sites.workflowId)
    .query<{ currentDetails?: string }>('__temporal_workflow_metadata');
  return metadata.currentDetails ?? '';
}
