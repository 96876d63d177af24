import { hostname } from 'node:os';
import { temporalConnect, type Environment, type SitewardenConfig } from '../../config';
import { createCredentialSource } from '../../gateways/secrets';
import { createLogger, type LogLevel } from '../../runtime/logging';
import { createMetrics } from '../../runtime/metrics';
import { createSecretMetrics } from '../../runtime/secret-metrics';
import { lazyTemporal } from '../../runtime/temporal-connection';
import type { ReportArchive } from '../report/report-archive';
import { SitePairClient } from '../site-pair-client';
import { workerAnswersWithinMs } from './asking';
import { reportsOf } from './reports';
import { serveApi } from './serve';

const temporalAnswersWithinMs = 1_000;

/**
 * The API's process: resolves when it was asked to stop and everything is closed.
 * @throws Error when the configuration has no section `api`, its address cannot be listened on, or its certificate cannot be used.
 */
export async function runApi(options: {
  config: SitewardenConfig;
  env: Environment;
  logLevel?: LogLevel;
  /** The archive that the configuration names; what knows its kinds is no client, and hands it in. */
  openArchive: (options: { config: SitewardenConfig; env: Environment }) => ReportArchive;
}): Promise<void> {
  const { config, env, logLevel } = options;
  const archive = options.openArchive({ config, env });
  const logger = createLogger({ process: 'api', level: logLevel });
  const registry = createMetrics('api');
  const { journal, show } = createSecretMetrics({ logger, registry, clock: Date.now });
  const source = createCredentialSource({ clock: Date.now, env, awsRegion: config.aws.region, journal });
  show(() => source.ages());
  const stopFreshening = source.keepFresh(config.api ? [config.api.tokens.secret] : []);
  const { connectionOptions, namespace } = temporalConnect(config.temporal, env);
  const identity = `sitewarden-api@${hostname()}:${process.pid}`;
  const temporal = lazyTemporal({ connectionOptions, namespace, identity });
  const runs = new SitePairClient(temporal.client, config.temporal.taskQueue, workerAnswersWithinMs);
  await serveApi({
    ...{ config, logger, source, registry, runs },
    reports: reportsOf(runs, archive, { now: Date.now }),
    temporalAnswers: () => temporal.answers(temporalAnswersWithinMs),
    closeAfter: [
      { name: 'secrets', close: async () => stopFreshening() },
      { name: 'archive', close: async () => archive.close() },
      { name: 'connection to Temporal', close: () => temporal.close() },
    ],
  });
}
