import type { Registry } from 'prom-client';
import { listenAddress, type SitewardenConfig } from '../../config';
import type { CredentialSource } from '../../gateways/secret-ports';
import { listenAt } from '../../runtime/http-server';
import type { Logger } from '../../runtime/logging';
import { readServerCertificate } from '../../runtime/server-certificate';
import { closeOnSignal, type Closer } from '../../runtime/shutdown';
import { certificateFiles, closeServer, followFiles, oneAddress } from '../http/listening';
import type { PairRuns } from '../pair-runs';
import { apiMetrics, certificateExpiry } from './api-metrics';
import { Callers } from './callers';
import type { Reports } from './reports';
import { createApiServer } from './server';

export interface ApiParts {
  config: SitewardenConfig;
  logger: Logger;
  source: CredentialSource;
  runs: PairRuns;
  reports: Reports;
  /** Whether Temporal answers, bounded in time. */
  temporalAnswers: () => Promise<boolean>;
  registry: Registry;
}

/** @throws Error when the configuration has no section `api`, or its certificate cannot be used. */
export async function createApi(parts: ApiParts) {
  const { config, logger, source, registry, runs, reports, temporalAnswers } = parts;
  const { api } = config;
  if (!api) throw new Error('The configuration has no section "api". Add one; sitewarden.example.yaml shows it.');
  const callers = new Callers({ reference: api.tokens.secret, source, logger });
  const files = api.tls && certificateFiles(api.tls);
  const certificate = files && (await readServerCertificate(files));
  const server = createApiServer({
    ...{ config, callers, runs, reports, temporalAnswers, logger, certificate },
    ...{ access: api.access, perMinute: api.rateLimit.perMinute, metrics: apiMetrics(registry) },
    clientCertificates: files?.clientCa !== undefined,
  });
  if (files && certificate) followFiles(server, { files, certificate, logger, expiry: certificateExpiry(registry) });
  return { server, callers, listen: oneAddress(listenAddress(api.listen)) };
}

/**
 * Serves until SIGINT or SIGTERM, then lets requests in progress finish, and closes what `closeAfter` names.
 * It starts whether or not Temporal or the secret answer: until they do it answers 503.
 * @throws Error when the address cannot be listened on, the certificate cannot be used, or there is no section `api`.
 */
export async function serveApi(parts: ApiParts & { closeAfter?: readonly Closer[] }): Promise<void> {
  const { server, callers, listen } = await createApi(parts);
  const { logger, config, closeAfter = [] } = parts;
  const address = await listenAt(server, listen, 'api.listen');
  const closers = [{ name: 'api', close: () => closeServer(server) }, ...closeAfter];
  const { finished } = closeOnSignal({ closers, logger });
  const pairs = config.sitePairs.map(({ name }) => name);
  logger.info({ address, pairs }, `The API is served at ${address}/v1; ${address}/v1/openapi.json describes it.`);
  // Reads the tokens before the first request needs them; a failure is in the log, and tried again with each request.
  await callers.ready();
  await finished;
}
