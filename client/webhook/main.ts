import { hostname } from 'node:os';
import { temporalConnect, type Environment, type SitewardenConfig } from '../../config';
import { createCredentialSource } from '../../gateways/secrets';
import { createLogger, type LogLevel } from '../../runtime/logging';
import { lazyTemporal } from '../../runtime/temporal-connection';
import { SitePairClient } from '../site-pair-client';
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
  const { connectionOptions, namespace } = temporalConnect(config.temporal, env);
  const identity = `sitewarden-webhook@${hostname()}:${process.pid}`;
  const temporal = lazyTemporal({ connectionOptions, namespace, identity });
  await serveWebhook({
    config,
    logger,
    source: createCredentialSource({ clock: Date.now, env, awsRegion: config.aws.region }),
    intake: new SitePairClient(temporal.client, config.temporal.taskQueue),
    temporalAnswers: () => temporal.answers(temporalAnswersWithinMs),
    closeAfter: [{ name: 'connection to Temporal', close: () => temporal.close() }],
  });
}
