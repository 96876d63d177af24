import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { createActivities } from '../activities';
import {
  listenAddress,
  readinessEverySeconds,
  temporalConnect,
  type Environment,
  type SitewardenConfig,
} from '../config';
import type { ReadinessReport } from '../domain/readiness/report';
import { createCredentialSource } from '../gateways/secrets';
import { listenAt } from '../runtime/http-server';
import { digest } from '../runtime/digest';
import { createLogger, type LogLevel } from '../runtime/logging';
import { createMetrics } from '../runtime/metrics';
import { NewestRunsReader } from '../runtime/newest-runs';
import { createSecretMetrics } from '../runtime/secret-metrics';
import { closeOnSignal } from '../runtime/shutdown';
import { lazyTemporal, temporalAnswers } from '../runtime/temporal-connection';
import { builtBundlePath } from './bundle';
import { openArchive } from './archive';
import { composePairs, type ComposedPairs } from './compose';
import { describeRuns } from './describe-run';
import { createWorkerHealth } from './health';
import { createJournal } from './journal';
import { secretsOf } from './kept-secrets';
import { meteredPairs } from './metered-gateways';
import { registerProcessGauges } from './process-gauges';
import { registerReadinessGauges } from './readiness-gauges';
import { keepReadinessSchedules } from './readiness-schedules';
import { registerRunGauges } from './run-gauges';
import { registeredSearchAttributes } from './search-attributes';
import { readinessRunsOf } from '../workflows/contract/ids';
import { installSdkRuntime } from './sdk-runtime';
import { temporalServer } from './temporal-server';
import { createWorkers } from './workers';
import { timeUp } from '../runtime/time-up';

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
  const { connectionOptions, namespace } = temporalConnect(config.temporal, env);
  const identity = `sitewarden-worker@${hostname()}:${process.pid}`;
  // Not opened before it is used.
  const asking = lazyTemporal({ connectionOptions, namespace, identity });
  const { sitePairs, closers } = composePairs(config, credentials, { ...asking, namespace, identity });
  beginChecks(sitePairs);
  const archive = openArchive({ config });
  // Known before an incident ends; no reason not to fence.
  archive.check(timeUp(archiveWithinMs)).catch((error: unknown) => {
    const advice =
      'Correct archive in the configuration, or the rights; until then runs close without an archived report.';
    logger.warn({ err: error }, `Reports cannot be archived. ${advice}`);
  });
  const stopFreshening = credentials.keepFresh(secretsOf(config));
  const connection = await NativeConnection.connect(connectionOptions);
  const workers = await createWorkers({
    connection,
    namespace,
    identity,
    taskQueue: config.temporal.taskQueue,
    workflowBundle: { codePath: builtBundlePath },
    mayRestore,
    activities: createActivities({
      sitePairs: meteredPairs(sitePairs, registry),
      clock: { now: () => Date.now(), monotonicMs },
      digest,
      archive,
      temporal: temporalServer(connection, namespace),
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
  const newest = new NewestRunsReader<ReadinessReport>(asking.client);
  registerReadinessGauges({
    registry,
    everySeconds: Object.fromEntries(
      config.sitePairs.map((pair) => [pair.name, readinessEverySeconds(config, pair)] as const),
    ),
    lastReport: async (pair) => (await newest.read(readinessRunsOf(pair), temporalWithinMs)).completed?.result,
    withinMs: temporalWithinMs,
    monotonicMs,
  });
  const health = createWorkerHealth({
    logger,
    registry,
    queues,
    temporalAnswers: () => temporalAnswers(connection, temporalWithinMs),
  });
  const address = await listenAt(health, listenAddress(config.worker.health.listen), 'worker.health.listen');
  const running = Promise.all(workers.map((worker) => worker.run()));
  const stopping = new AbortController();
  const schedules = keepReadinessSchedules({ config, temporal: asking.client, logger, signal: stopping.signal });
  const { finished, stop } = closeOnSignal({
    logger,
    withinMs: 15_000,
    closers: [
      { name: 'workers', close: () => shutDown(workers, running) },
      { name: 'health page', close: () => health.close() },
      { name: 'connection to Temporal', close: () => connection.close() },
      { name: 'schedules of readiness', close: () => (stopping.abort(), schedules) },
      { name: 'questions to observers', close: () => asking.close() },
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

/** From now on, so that in a split it is known how they stand. */
function beginChecks(sitePairs: ComposedPairs['sitePairs']): void {
  for (const { gateways } of sitePairs.values()) {
    for (const site of Object.values(gateways.heuristics ?? {})) void site.read(AbortSignal.abort());
  }
}

async function shutDown(workers: readonly Worker[], running: Promise<unknown>): Promise<void> {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  await running;
}

function statesOf(workers: readonly Worker[]): Record<string, string> {
  return Object.fromEntries(workers.map((worker) => [worker.options.taskQueue, worker.getState()]));
}
