import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { createActivities } from '../activities';
import { listenAddress, temporalConnect, type Environment, type SitewardenConfig, type SiteConfig } from '../config';
import { createCredentialSource } from '../gateways/secrets';
import { digest } from '../runtime/digest';
import { createLogger, type LogLevel } from '../runtime/logging';
import { createMetrics } from '../runtime/metrics';
import { createSecretMetrics } from '../runtime/secret-metrics';
import { closeOnSignal } from '../runtime/shutdown';
import { temporalAnswers } from '../runtime/temporal-connection';
import { builtBundlePath } from './bundle';
import { openArchive } from './archive';
import { composePairs } from './compose';
import { describeRuns } from './describe-run';
import { createWorkerHealth } from './health';
import { createJournal } from './journal';
import { meteredPairs } from './metered-gateways';
import { registerProcessGauges } from './process-gauges';
import { registerRunGauges } from './run-gauges';
import { registeredSearchAttributes } from './search-attributes';
import { installSdkRuntime } from './sdk-runtime';
import { createWorkers } from './workers';

/** How long Temporal may take to answer a health probe or a scrape. */
const temporalWithinMs = 1_000;

/** How long the archive may take to say whether it can be written. */
const archiveWithinMs = 10_000;

export interface RunWorkerOptions {
  config: SitewardenConfig;
  env: Environment;
  logLevel?: LogLevel;
  /** Whether this process may send clients to a site again; without it, somebody else's worker must. */
  mayRestore: boolean;
}

/**
 * The worker's process: resolves when it was asked to stop, or lost its workers, and everything is closed.
 * @throws Error when Temporal cannot be reached, a CA file is missing, the health address is taken, or nothing was built.
 */
export async function runWorker({ config, env, logLevel, mayRestore }: RunWorkerOptions): Promise<void> {
  if (!existsSync(builtBundlePath)) throw new Error(`${builtBundlePath} is missing. Run: npm run build`);
  const logger = createLogger({ process: 'worker', level: logLevel });
  const monotonicMs = () => performance.now();
  installSdkRuntime({ logger, metricsListen: config.worker.temporalMetrics?.listen, monotonicMs });
  const registry = createMetrics('worker');
  const { journal, show } = createSecretMetrics({ logger, registry, clock: Date.now });
  const credentials = createCredentialSource({ clock: Date.now, env, awsRegion: config.aws.region, journal });
  show(() => credentials.ages());
  const { sitePairs, closers } = composePairs(config, credentials);
  const archive = openArchive({ config });
  // Known before an incident ends; no reason not to fence.
  archive.check(AbortSignal.timeout(archiveWithinMs)).catch((error: unknown) => {
    const advice =
      'Correct archive in the configuration, or the rights; until then runs close without an archived report.';
    logger.warn({ err: error }, `Reports cannot be archived. ${advice}`);
  });
  const stopFreshening = credentials.keepFresh(
    config.sitePairs.flatMap(({ sites }) => sites.flatMap((site) => siteSecrets(site))),
  );
  const { connectionOptions, namespace } = temporalConnect(config.temporal, env);
  const connection = await NativeConnection.connect(connectionOptions);
  const workers = await createWorkers({
    connection,
    namespace,
    identity: `sitewarden-worker@${hostname()}:${process.pid}`,
    taskQueue: config.temporal.taskQueue,
    workflowBundle: { codePath: builtBundlePath },
    mayRestore,
    activities: createActivities({
      sitePairs: meteredPairs(sitePairs, registry),
      clock: { now: () => Date.now(), monotonicMs },
      digest,
      archive,
      journal: createJournal({ logger, registry, monotonicMs }),
      registeredSearchAttributes: registeredSearchAttributes(connection, namespace),
    }),
  });
  const queues = () => statesOf(workers);
  registerProcessGauges({ registry, config, sitePairs, queues });
  registerRunGauges({
    registry,
    pairs: [...sitePairs.keys()],
    describe: describeRuns(connection, namespace, temporalWithinMs),
    withinMs: temporalWithinMs,
    monotonicMs,
  });
  const health = createWorkerHealth({
    logger,
    registry,
    queues,
    temporalAnswers: () => temporalAnswers(connection, temporalWithinMs),
  });
  const running = Promise.all(workers.map((worker) => worker.run()));
  const address = await health.listen(listenAddress(config.worker.health.listen));
  const { finished, stop } = closeOnSignal({
    logger,
    withinMs: 15_000,
    closers: [
      { name: 'workers', close: () => shutDown(workers, running) },
      { name: 'health page', close: () => health.close() },
      { name: 'connection to Temporal', close: () => connection.close() },
      ...closers,
      { name: 'archive', close: () => archive.close() },
      { name: 'secrets', close: async () => stopFreshening() },
    ],
  });
  // A worker that fails takes the process down, so that a supervisor starts it anew; half a worker would guard nothing.
  running.then(stop, stop);
  const pairs = [...sitePairs.keys()];
  logger.info({ address, pairs, mayRestore }, `Working for ${pairs.length} pairs; health page at ${address}/readyz.`);
  await finished;
  await running;
}

async function shutDown(workers: readonly Worker[], running: Promise<unknown>): Promise<void> {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  await running;
}

function statesOf(workers: readonly Worker[]): Record<string, string> {
  return Object.fromEntries(workers.map((worker) => [worker.options.taskQueue, worker.getState()]));
}

/** References to what the gateways of a site present. */
function siteSecrets({ infinispan, workload }: SiteConfig): string[] {
  const keycloak = typeof workload !== 'string' && 'keycloak' in workload ? [workload.keycloak.admin.secret] : [];
  return [infinispan.credentials.secret, ...keycloak];
}
