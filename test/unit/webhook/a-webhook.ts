import type { AlertMessage } from '../../../domain/alert';
import { OperatingFailure } from '../../../domain/failure-types';
import type { AlertIntake } from '../../../client/webhook/alert-intake';
import type { AlertPathIntake, Watchdog } from '../../../client/webhook/alert-path-intake';
import type { AlertPair } from '../../../client/webhook/alert-pairs';
import { createWebhookServer, type WebhookServerOptions } from '../../../client/webhook/server';
import { WebhookCredentials } from '../../../client/webhook/webhook-credentials';
import { webhookMetrics } from '../../../client/webhook/webhook-metrics';
import { createLogger } from '../../../runtime/logging';
import { Registry } from 'prom-client';

// inject() loads `cookie`, an ES module, which Jest cannot load on Node 20. No test here sends or reads a cookie.
jest.mock('cookie', () => ({}));

export const username = 'fencer';
export const password = 's3cr3t-canary';
export const token = 'tok-canary-123';
export const basic = (user = username, pass = password): string =>
  `Basic ${Buffer.from(`${user}:${pass}`).toString('base64')}`;

export const prod: AlertPair = {
  name: 'keycloak-prod',
  sites: ['site-a', 'site-b'],
  accelerators: ['a0123456789abcdef.awsglobalaccelerator.com'],
};

/** An intake that remembers; runs start with the first firing alert of a pair. */
export class RememberingIntake implements AlertIntake {
  readonly heard: { pair: string; alert: AlertMessage }[] = [];
  readonly open = new Set<string>();
  before: (pair: string, alert: AlertMessage) => Promise<void> = () => Promise.resolve();

  async firing(pair: string, alert: AlertMessage) {
    await this.before(pair, alert);
    this.heard.push({ pair, alert });
    const outcome = this.open.has(pair) ? ('joined' as const) : ('started' as const);
    this.open.add(pair);
    return { workflowId: `site-pair/${pair}`, runId: 'run-1', outcome };
  }

  async resolved(pair: string, alert: AlertMessage) {
    await this.before(pair, alert);
    if (!this.open.has(pair)) return 'NoOpenRun' as const;
    this.heard.push({ pair, alert });
    return { workflowId: `site-pair/${pair}`, runId: 'run-1' };
  }
}

/** Remembers whose watchdogs were heard. */
export class RememberingAlertPath implements AlertPathIntake {
  readonly heardOf: string[] = [];
  before: () => Promise<void> = () => Promise.resolve();

  async heard({ pair, reporter }: Watchdog): Promise<void> {
    await this.before();
    this.heardOf.push(`${pair}/${reporter}`);
  }
}

/** Secrets that a test can change or take away; counts how often they were fetched past the cache. */
export class Secrets {
  values: Record<string, string> = { 'env:BASIC': JSON.stringify({ username, password }), 'env:BEARER': token };
  previous: Record<string, { text: string; acceptForMs: number }> = {};
  reads = 0;

  read = (reference: string): Promise<string> => this.readAnew(reference);

  readPrevious = (reference: string) => Promise.resolve(this.previous[reference]);

  readAnew = (reference: string): Promise<string> => {
    this.reads += 1;
    const value = this.values[reference];
    if (value !== undefined) return Promise.resolve(value);
    return Promise.reject(
      new OperatingFailure('SecretUnavailable', `${reference} could not be read.`, { retryable: true }),
    );
  };
}

export function aWebhook(change: Partial<WebhookServerOptions> & { level?: 'debug' | 'info' } = {}) {
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const logger = createLogger({ process: 'webhook', level: change.level ?? 'debug', destination: { write } });
  const secrets = new Secrets();
  const intake = new RememberingIntake();
  const alertPath = new RememberingAlertPath();
  const clock = { now: 0 };
  const credentials = new WebhookCredentials({
    secrets: { basic: 'env:BASIC', bearer: 'env:BEARER' },
    source: secrets,
    logger,
    now: () => clock.now,
  });
  const registry = new Registry();
  const metrics = webhookMetrics(registry);
  const server = createWebhookServer({
    pairs: [prod],
    intake,
    alertPath,
    credentials,
    temporalAnswers: () => Promise.resolve(true),
    logger,
    metrics,
    now: () => clock.now,
    ...change,
  });
  const post = (payload: unknown, headers: Record<string, string> = {}) =>
    server.inject({
      method: 'POST',
      url: '/alerts',
      headers: { authorization: basic(), 'content-type': 'application/json', ...headers },
      payload: payload as string,
    });
  const log = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  /** The value of `sitewarden_webhook_<name>` with these labels; 0 where there is none. */
  const metric = async (name: string, labels: Record<string, string> = {}): Promise<number> => {
    const found = await registry.getSingleMetric(`sitewarden_webhook_${name}`)?.get();
    const values = found?.values as { value: number; labels: Record<string, string> }[];
    const matches = values.filter((one) =>
      Object.entries(labels).every(([key, value]) => String(one.labels[key]) === value),
    );
    return matches.reduce((sum, { value }) => sum + value, 0);
  };
  return { server, post, intake, alertPath, secrets, credentials, clock, registry, metric, lines, log };
}
