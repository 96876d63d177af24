import type { Registry } from 'prom-client';
import { listenAddress, type SitewardenConfig } from '../../config';
import type { InboundCredentialSource } from '../../gateways/secret-ports';
import { listenAt } from '../../runtime/http-server';
import type { Logger } from '../../runtime/logging';
import { readServerCertificate } from '../../runtime/server-certificate';
import { closeOnSignal, type Closer } from '../../runtime/shutdown';
import { certificateFiles, closeServer, followFiles, oneAddress } from '../http/listening';
import type { AlertIntake } from './alert-intake';
import type { AlertPathIntake } from './alert-path-intake';
import { alertPairs } from './alert-pairs';
import { createWebhookServer } from './server';
import { WebhookCredentials } from './webhook-credentials';
import { certificateExpiry, webhookMetrics } from './webhook-metrics';

export interface WebhookParts {
  config: SitewardenConfig;
  logger: Logger;
  source: InboundCredentialSource;
  intake: AlertIntake;
  alertPath: AlertPathIntake;
  /** Whether Temporal answers, bounded in time. */
  temporalAnswers: () => Promise<boolean>;
  registry: Registry;
}

/** @throws Error when the configuration has no section `webhook`, or its certificate cannot be used. */
export async function createWebhook(parts: WebhookParts) {
  const { config, logger, source, intake, alertPath, temporalAnswers, registry } = parts;
  const { webhook } = config;
  if (!webhook) {
    throw new Error('The configuration has no section "webhook". Add one; sitewarden.example.yaml shows it.');
  }
  const secrets = { basic: webhook.credentials?.secret, bearer: webhook.bearer?.secret };
  const credentials = new WebhookCredentials({ secrets, source, logger });
  const files = webhook.tls && certificateFiles(webhook.tls);
  const certificate = files && (await readServerCertificate(files));
  const metrics = webhookMetrics(registry);
  const server = createWebhookServer({
    pairs: alertPairs(config),
    ...{ intake, alertPath, credentials, temporalAnswers, logger, metrics, certificate },
    clientCertificates: files?.clientCa !== undefined,
  });
  if (files && certificate) followFiles(server, { files, certificate, logger, expiry: certificateExpiry(registry) });
  return { server, credentials, listen: oneAddress(listenAddress(webhook.listen)) };
}

/**
 * Serves until SIGINT or SIGTERM, then lets requests in progress finish, and closes what `closeAfter` names.
 * It starts whether or not Temporal or the secrets answer: until they do it answers 503, and Alertmanager sends again.
 * @throws Error when the address cannot be listened on, the certificate cannot be used, or there is no webhook.
 */
export async function serveWebhook(parts: WebhookParts & { closeAfter?: readonly Closer[] }): Promise<void> {
  const { server, credentials, listen } = await createWebhook(parts);
  const { logger, config, closeAfter = [] } = parts;
  const address = await listenAt(server, listen, 'webhook.listen');
  const closers = [{ name: 'webhook', close: () => closeServer(server) }, ...closeAfter];
  const { finished } = closeOnSignal({ closers, logger });
  const pairs = config.sitePairs.map(({ name }) => name);
  logger.info({ address, pairs }, `Alerts are taken at ${address}/alerts.`);
  // Reads the secrets before the first alert needs them; a failure is in the log, and tried again with each request.
  await credentials.ready();
  await finished;
}
