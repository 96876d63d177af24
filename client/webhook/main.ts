import { hostname } from 'node:os';
import { temporalConnect, type Environment, type SitewardenConfig } from '../../config';
import { createCredentialSource } from '../../gateways/secrets';
import { createLogger, type LogLevel } from '../../runtime/logging';
import { createMetrics } from '../../runtime/metrics';
import { createSecretMetrics } from '../../runtime/secret-metrics';
import { lazyTemporal } from '../../runtime/temporal-connection';
import { AlertPathRecords } from '../alert-path-records';
import { SitePairClient } from '../site-pair-client';
import { paced } from './paced-intake';
import { serveWebhook } from './serve';

const temporalAnswersWithinMs = 1_000;

/**
 * The webhook's process: resolves when it was asked to stop and everything is closed.
 * @throws Error when the configuration has no webhook, its address cannot be listened on, or its certificate cannot be used.
 */
export async function runWebhook(options: {
  config: SitewardenConfig;
  env: Environment;
  logLevel?: LogLevel;
}): Promise<void> {
  const { config, env, logLevel } = options;
  const logger = createLogger({ process: 'webhook', level: logLevel });
  const registry = createMetrics('webhook');
  const { journal, show } = createSecretMetrics({ logger, registry, clock: Date.now });
  const source = createCredentialSource({ clock: Date.now, env, awsRegion: config.aws.region, journal });
  show(() => source.ages());
  // Read before they are needed: who knocks in an incident must not wait for the store of secrets.
  const { credentials, bearer } = config.webhook ?? {};
  const stopFreshening = source.keepFresh([credentials, bearer].flatMap((named) => (named ? [named.secret] : [])));
  const { connectionOptions, namespace } = temporalConnect(config.temporal, env);
  const identity = `sitewarden-webhook@${hostname()}:${process.pid}`;
  const temporal = lazyTemporal({ connectionOptions, namespace, identity });
  await serveWebhook({
    config,
    logger,
    source,
    registry,
    intake: paced(new SitePairClient(temporal.client, config.temporal.taskQueue)),
    alertPath: new AlertPathRecords(temporal.client, config.temporal.taskQueue),
    temporalAnswers: () => temporal.answers(temporalAnswersWithinMs),
    closeAfter: [
      { name: 'secrets', close: async () => stopFreshening() },
      { name: 'connection to Temporal', close: () => temporal.close() },
    ],
  });
}
