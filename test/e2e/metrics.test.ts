/** What the shipped worker and webhook show of one incident on real parts, and of a Temporal that goes away. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { request } from 'undici';
import { startLab, type Lab } from '../../lab/lab';
import { labPair } from '../../lab/sitewarden-config';
import { fenceSteps } from '../../worker/fence-times';

describe('metrics of a split, on real parts', () => {
  let lab: Lab;
  let listens: { worker: string; webhook: string };
  beforeAll(async () => {
    lab = await startLab();
    const config = parse(readFileSync(lab.configFile, 'utf8')) as {
      worker: { health: { listen: string } };
      webhook: { listen: string };
    };
    listens = { worker: config.worker.health.listen, webhook: config.webhook.listen };
    await Promise.all([lab.worker.start(), lab.webhook.start()]);
  });
  afterAll(() => lab?.close());

  async function get(of: 'worker' | 'webhook', path: string): Promise<{ status: number; body: string }> {
    const answer = await request(`http://${listens[of]}${path}`, { signal: AbortSignal.timeout(10_000) });
    return { status: answer.statusCode, body: await answer.body.text() };
  }

  const metrics = async (of: 'worker' | 'webhook') => (await get(of, '/metrics')).body;

  /** The values of a metric, by one of its labels. */
  function values(page: string, name: string, label: string): Record<string, number> {
    const samples = [...page.matchAll(new RegExp(`^${name}\\{(.*)\\} (\\S+)$`, 'gm'))];
    return Object.fromEntries(
      samples.map(([, labels = '', value]) => [
        new RegExp(`${label}="([^"]*)"`).exec(labels)?.[1] ?? '',
        Number(value),
      ]),
    );
  }

  it('a fence: its steps once each, its phase, calls to real servers, the age of secrets, and the alert that began it', async () => {
    await lab.link.cut();
    const page = await lab.until(
      async () => {
        const shown = await metrics('worker');
        const isFenced = values(shown, 'sitewarden_run_phase', 'phase').fenced === 1;
        const isDeployed = values(shown, 'sitewarden_fence_step_seconds_count', 'step').deployed === 1;
        return isFenced && isDeployed ? shown : undefined;
      },
      { what: 'the metrics of a proved fence', withinSeconds: 90, everyMs: 500 },
    );

    const once = Object.fromEntries(fenceSteps.map((step) => [step, 1]));
    expect(values(page, 'sitewarden_fence_step_seconds_count', 'step')).toEqual(once);
    const took = values(page, 'sitewarden_fence_step_seconds_sum', 'step');
    expect(took.proved).toBeGreaterThanOrEqual(took.removalRequested ?? Infinity);
    expect(values(page, 'sitewarden_verdict', 'verdict')).toEqual({ fenced: 1 });
    for (const [gateway, method] of [
      ['traffic', 'removeEndpoint'],
      ['replication', 'takeBackupOffline'],
      ['health', 'probe'],
    ]) {
      const call = `pair="${labPair}",gateway="${gateway}",.*method="${method}",outcome="ok"`;
      expect(page).toMatch(new RegExp(`^sitewarden_gateway_call_seconds_count\\{.*${call}`, 'm'));
    }
    expect(page).not.toContain('outcome="Unexpected"');
    expect(Object.keys(values(page, 'sitewarden_secret_age_seconds', 'reference'))).toHaveLength(1);
    const webhook = await metrics('webhook');
    // An alert of the sites' own start may still be delivered, and begins a run that ends by itself.
    const { started = 0 } = values(webhook, 'sitewarden_webhook_alerts_total', 'result');
    const { stdout } = await lab.cli('runs', labPair, '--json');
    expect(started).toBeGreaterThan(0);
    expect((JSON.parse(stdout) as { runs: unknown[] }).runs).toHaveLength(started);
    expect(values(webhook, 'sitewarden_webhook_last_alert_timestamp_seconds', 'pair')[labPair]).toBeGreaterThan(0);
  });

  it('no secret stands on a page', async () => {
    const pages = (await Promise.all([metrics('worker'), metrics('webhook')])).join('\n');

    expect(pages).not.toContain(lab.webhookUser.password);
    expect(pages).not.toContain(lab.infinispan.users.admin.password);
  });

  it('Temporal goes away: the worker is not ready and says why, and of runs it shows nothing; it comes back by itself', async () => {
    await lab.temporal.server.kill();
    const notReady = await lab.until(
      async () => {
        const answer = await get('worker', '/readyz');
        return answer.status === 503 ? answer : undefined;
      },
      { what: 'a worker that is not ready', withinSeconds: 60 },
    );
    const blind = await lab.until(
      async () => {
        const page = await metrics('worker');
        return /^sitewarden_temporal_reachable\{.*\} 0$/m.test(page) ? page : undefined;
      },
      { what: 'metrics that know of no Temporal', withinSeconds: 60 },
    );

    expect(JSON.parse(notReady.body)).toMatchObject({ ready: false, error: 'Not ready: Temporal does not answer.' });
    expect(blind).not.toMatch(/^sitewarden_run_\w+\{/m);

    await lab.temporal.server.start();
    await lab.until(async () => (await get('worker', '/readyz')).status === 200, {
      what: 'a worker that is ready again',
      withinSeconds: 60,
    });
    await lab.until(async () => values(await metrics('worker'), 'sitewarden_run_phase', 'phase').fenced === 1, {
      what: 'the fence on the page again',
      withinSeconds: 60,
    });
  });
});
