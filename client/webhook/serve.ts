import type { Server } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { listenAddress, type SitewardenConfig, type WebhookConfig } from '../../config';
import type { InboundCredentialSource } from '../../gateways/ports';
import type { Logger } from '../../runtime/logging';
import {
  followCertificate,
  readServerCertificate,
  type CertificateFiles,
  type ServerCertificate,
} from '../../runtime/server-certificate';
import { closeOnSignal, type Closer } from '../../runtime/shutdown';
import type { AlertIntake } from './alert-intake';
import { alertPairs } from './alert-pairs';
import { createWebhookServer } from './server';
import { WebhookCredentials } from './webhook-credentials';
import { certificateExpiry, webhookMetrics } from './webhook-metrics';

export interface WebhookParts {
  config: SitewardenConfig;
  logger: Logger;
  source: InboundCredentialSource;
  intake: AlertIntake;
  /** Whether Temporal answers, bounded in time. */
  temporalAnswers: () => Promise<boolean>;
  registry: Registry;
}

/** Longer than a request can be in progress by itself; below the time that a shutdown may take. */
const closeWithinMs = 8_500;

/** @throws Error when the configuration has no section `webhook`, or its certificate cannot be used. */
export async function createWebhook(parts: WebhookParts) {
  const { config, logger, source, intake, temporalAnswers, registry } = parts;
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
    ...{ intake, credentials, temporalAnswers, logger, metrics, certificate },
    clientCertificates: files?.clientCa !== undefined,
  });
  if (files && certificate) follow(server, { files, certificate, logger, registry });
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
  const address = await server.listen(listen);
  const closers = [{ name: 'webhook', close: () => close(server) }, ...closeAfter];
  const { finished } = closeOnSignal({ closers, logger });
  const pairs = config.sitePairs.map(({ name }) => name);
  logger.info({ address, pairs }, `Alerts are taken at ${address}/alerts.`);
  // Reads the secrets before the first alert needs them; a failure is in the log, and tried again with each request.
  await credentials.ready();
  await finished;
}

function follow(
  server: FastifyInstance,
  tls: { files: CertificateFiles; certificate: ServerCertificate; logger: Logger; registry: Registry },
): void {
  const { files, certificate, logger, registry } = tls;
  const expiry = certificateExpiry(registry);
  const onChange = ({ expiresAt }: ServerCertificate) => expiry.set(expiresAt.getTime() / 1_000);
  onChange(certificate);
  // Made with TLS options, so it is a server of TLS, whatever the framework's type says.
  const inTls = server.server as unknown as Server;
  const { stop } = followCertificate({ server: inTls, files, inForce: certificate, logger, onChange });
  server.addHook('onClose', async () => stop());
}

/** Requests in progress are answered; a client that does not finish its own is not waited for beyond the bound. */
async function close(server: FastifyInstance): Promise<void> {
  const late = setTimeout(() => server.server.closeAllConnections(), closeWithinMs);
  await server.close();
  clearTimeout(late);
}

/** For `localhost` the framework opens a second server, on ::1, that knows of no bound and no new certificate. */
function oneAddress(listen: { host: string; port: number }): { host: string; port: number } {
  return listen.host === 'localhost' ? { ...listen, host: '127.0.0.1' } : listen;
}

function certificateFiles(tls: NonNullable<WebhookConfig['tls']>): CertificateFiles {
  const path = (reference: string) => reference.slice('file:'.length);
  const { certificate, key, clientCa } = tls;
  return {
    certificate: path(certificate),
    key: path(key),
    clientCa: clientCa === undefined ? clientCa : path(clientCa),
  };
}
