import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import { stringify } from 'yaml';
import { prepareAlertmanager, type PreparedAlertmanager } from '../../lab/alerting';
import { freePort } from '../../lab/ports';
import type { Restartable } from '../../lab/restartable';
import { LabRun } from '../../lab/run';
import { makeUser, type LabUser } from '../../lab/secrets';
import { Sitewarden } from '../../lab/sitewarden';
import { startTemporal, type TemporalServer } from '../../lab/temporal';
import { tiers } from '../../lab/tiers';
import { startHoldingProxy, type HoldingProxy } from './holding-proxy';

export interface LogLine {
  message?: string;
  pair?: string;
  runId?: string;
  outcome?: string;
  status?: number;
  path?: string;
}

/** Alertmanager, the shipped webhook and Temporal, all real; the webhook reaches Temporal through a proxy. */
export interface WebhookLab {
  run: LabRun;
  temporal: TemporalServer;
  proxy: HoldingProxy;
  alertmanager: PreparedAlertmanager;
  webhook: Restartable;
  webhookUser: LabUser;
  webhookUrl: string;
  sitewarden: Sitewarden;
  configFile: string;
  /** Puts an alert into Alertmanager: site-a says that site-b is offline; firing for some minutes. */
  alert(pair: string, labels?: Record<string, string>): Promise<void>;
  /** What the webhook has logged so far, the processes before included. */
  log(): LogLine[];
  logText(): string;
  /** The value of a metric of the running webhook. */
  metric(line: string): Promise<number>;
  close(): Promise<void>;
}

export async function startWebhookLab(pairs: readonly string[]): Promise<WebhookLab> {
  const run = new LabRun();
  try {
    return await startIn(run, pairs);
  } catch (error) {
    await run.close();
    throw error;
  }
}

async function startIn(run: LabRun, pairs: readonly string[]): Promise<WebhookLab> {
  const port = await freePort();
  const webhookUser = makeUser(join(run.folder, 'secrets'), 'webhook', 'sitewarden');
  const temporal = await startTemporal(run);
  const proxy = await startHoldingProxy(temporal.address);
  run.onClose(tiers.network, () => proxy.close());
  const alertmanager = await prepareAlertmanager(run, { address: `127.0.0.1:${port}`, user: webhookUser });
  const configFile = join(run.folder, 'sitewarden.yaml');
  writeFileSync(configFile, stringify(configOf(pairs, { port, proxy, secretFile: webhookUser.secretFile })));
  const sitewarden = new Sitewarden(run, { TEMPORAL_CONFIG_FILE: join(run.folder, 'no-temporal.toml') });
  const logFile = join(run.folder, 'logs', 'webhook.log');
  const logText = () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
  const webhookUrl = `http://127.0.0.1:${port}`;
  return {
    ...{ run, temporal, proxy, alertmanager, webhookUser, webhookUrl, sitewarden, configFile, logText },
    webhook: sitewarden.webhook({ configFile, port }),
    alert: (pair, labels = {}) => post(alertmanager.url, alertOf(pair, labels)),
    log: () => logText().split('\n').filter(Boolean).map(lineOf),
    metric: async (line) => valueOf(await textAt(`${webhookUrl}/metrics`), line),
    close: () => run.close(),
  };
}

function configOf(pairs: readonly string[], parts: { port: number; proxy: HoldingProxy; secretFile: string }) {
  const site = (pair: string, name: string) => ({
    name,
    loadBalancer: `arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/${name}/0123456789abcdef`,
    infinispan: { url: `https://${name}.${pair}.example:11222`, credentials: { secret: 'env:NOBODY_READS_THIS' } },
  });
  return {
    temporal: { address: parts.proxy.address },
    webhook: { listen: `127.0.0.1:${parts.port}`, credentials: { secret: `file:${parts.secretFile}` } },
    sitePairs: pairs.map((pair) => ({
      name: pair,
      traffic: { globalAccelerator: { dnsName: acceleratorOf(pair) } },
      replication: { infinispan: { caches: ['work'] } },
      sites: [site(pair, 'site-a'), site(pair, 'site-b')],
    })),
  };
}

const acceleratorOf = (pair: string): string => `${pair}.awsglobalaccelerator.com`;

function alertOf(pair: string, labels: Record<string, string>) {
  return {
    labels: {
      alertname: 'SiteOffline',
      accelerator: acceleratorOf(pair),
      site: 'site-b',
      reporter: 'site-a',
      ...labels,
    },
  };
}

async function post(alertmanagerUrl: string, alert: object): Promise<void> {
  const answer = await request(`${alertmanagerUrl}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([alert]),
    signal: AbortSignal.timeout(5_000),
  });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`Alertmanager answered ${answer.statusCode}: ${text}`);
}

async function textAt(url: string): Promise<string> {
  const answer = await request(url, { signal: AbortSignal.timeout(5_000) });
  return answer.body.text();
}

function valueOf(metrics: string, name: string): number {
  const line = metrics.split('\n').find((one) => one.startsWith(name));
  return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(' ')));
}

/** Where the log cannot be read as JSON, line by line, something forged it. */
const lineOf = (line: string): LogLine => JSON.parse(line) as LogLine;
