import type { Registry } from 'prom-client';
import { listenAddress, type SitewardenConfig } from '../../config';
import type { CredentialSource } from '../../gateways/ports';
import type { Logger } from '../../runtime/logging';
import { createMetrics } from '../../runtime/metrics';
import { closeOnSignal, type Closer } from '../../runtime/shutdown';
import type { AlertIntake } from './alert-intake';
import { alertPairs } from './alert-pairs';
import { createWebhookServer } from './server';
import { WebhookCredentials } from './webhook-credentials';
import { webhookMetrics } from './webhook-metrics';

export interface WebhookParts {
  config: SitewardenConfig;
  logger: Logger;
  source: CredentialSource;
  intake: AlertIntake;
  /** Whether Temporal answers, bounded in time. */
  temporalAnswers: () => Promise<boolean>;
  registry?: Registry;
}

/** @throws Error when the configuration has no section `webhook`. */
export function createWebhook(parts: WebhookParts) {
  const { config, logger, source, intake, temporalAnswers, registry = createMetrics('webhook') } = parts;
  const { webhook } = config;
  if (!webhook) {
    throw new Error('The configuration has no section "webhook". Add one; sitewarden.example.yaml shows it.');
  }
  const secrets = { basic: webhook.credentials?.secret, bearer: webhook.bearer?.secret };
  const credentials = new WebhookCredentials({ secrets, source, logger });
  const metrics = { registry, webhook: webhookMetrics(registry) };
  const server = createWebhookServer({
    pairs: alertPairs(config),
    intake,
    credentials,
    temporalAnswers,
    logger,
    metrics,
  });
  return { server, credentials, listen: listenAddress(webhook.listen) };
}

/**
 * Serves until SIGINT or SIGTERM, then lets requests in progress finish, and closes what `closeAfter` names.
 * It starts whether or not Temporal or the secrets answer: until they do it answers 503, and Alertmanager sends again.
 * @throws Error when the address cannot be listened on, or the configuration has no webhook.
 */
export async function serveWebhook(parts: WebhookParts & { closeAfter?: readonly Closer[] }): Promise<void> {
  const { server, credentials, listen } = createWebhook(parts);
  const { logger, config, closeAfter = [] } = parts;
  const address = await server.listen(listen);
  const closers = [{ name: 'webhook', close: () => server.close() }, ...closeAfter];
  const { finished } = closeOnSignal({ closers, logger });
  const pairs = config.sitePairs.map(({ name }) => name);
  logger.info({ address, pairs }, `Alerts are taken at ${address}/alerts.`);
  // Reads the secrets before the first alert needs them; a failure is in the log, and tried again with each request.
  await credentials.ready();
  await finished;
}
