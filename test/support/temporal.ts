import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, type RuntimeOptions, type Worker, type WorkflowBundle } from '@temporalio/worker';
import { createActivities, type Activities, type ActivityDependencies } from '../../activities';
import type { ConfiguredPair, Journal } from '../../activities/dependencies';
import { SitePairClient } from '../../client/site-pair-client';
import { readTools } from '../../lab/tools';
import { digest } from '../../runtime/digest';
import { bundleWorkflows } from '../../worker/bundle';
import { temporalServer } from '../../worker/temporal-server';
import { createWorkers } from '../../worker/workers';
import { fakeArchive } from './fake-archive';

/** A real Temporal server with the product's workers in this process, over whatever gateways a test gives its pairs. */
export interface RunningTemporal {
  env: TestWorkflowEnvironment;
  taskQueue: string;
  client: SitePairClient;
  /** Pairs may be added while the workers run. */
  sitePairs: Map<string, ConfiguredPair>;
  /** What the activities wrote, as the worker would log it. */
  journal: string[];
  /** Further workers, with other workflow code if given. They end with the others, or before. */
  moreWorkers(workflowBundle?: WorkflowBundle): Promise<{ stop(): Promise<void> }>;
  /** Nobody takes tasks from this queue any more. */
  stopPolling(queue: string): Promise<void>;
  stop(): Promise<void>;
}

export interface TemporalOptions {
  clock?: ActivityDependencies['clock'];
  registeredSearchAttributes?: ActivityDependencies['registeredSearchAttributes'];
  archive?: ActivityDependencies['archive'];
  /** What Temporal tells of itself, in place of the real one's word. */
  temporal?: ActivityDependencies['temporal'];
  mayRestore?: boolean;
  startWorkers?: boolean;
  /** A server on which nobody waits: it skips to the next timer while a result is awaited. */
  skipTime?: boolean;
  /** What becomes of looks; nothing, unless a test wants them. */
  assessed?: Journal['assessed'];
  /** Of the SDK's runtime, which is one for the whole process: only the first start in a file can set it. */
  telemetryOptions?: RuntimeOptions['telemetryOptions'];
  /** `host:port` of a server that runs already, and outlives this; it has the namespace `default`. */
  existing?: string;
  /** Activities of the test's own in place of the product's. */
  activities?: Partial<Activities>;
  /** The test provokes errors of the SDK's own, which nobody wants to read. */
  mute?: boolean;
}

let quiet = false;

export async function startTemporal(options: TemporalOptions = {}): Promise<RunningTemporal> {
  if (!quiet) {
    const logger = new DefaultLogger('ERROR', options.mute ? () => {} : undefined);
    Runtime.install({ logger, telemetryOptions: options.telemetryOptions });
  }
  quiet = true;
  const env = await serverOf(options);
  const taskQueue = 'sitewarden';
  const sitePairs = new Map<string, ConfiguredPair>();
  const journal: string[] = [];
  const activities = createActivities({
    sitePairs,
    clock: options.clock ?? { now: () => Date.now(), monotonicMs: () => performance.now() },
    digest,
    journal: {
      readFailed: (read) => void journal.push(`${read.pair} ${read.what} ${read.type}`),
      readSucceeded: () => undefined,
      commandEnded: (ended) => void journal.push(`${ended.commandId} ${ended.command}: ${ended.outcome}`),
      assessed: options.assessed ?? (() => undefined),
    },
    archive: options.archive ?? fakeArchive(),
    temporal: options.temporal ?? temporalServer(env.nativeConnection, env.namespace ?? 'default'),
    registeredSearchAttributes: options.registeredSearchAttributes ?? (async () => []),
  });
  const create = async (workflowBundle?: WorkflowBundle) =>
    createWorkers({
      connection: env.nativeConnection,
      namespace: env.namespace ?? 'default',
      identity: 'workers of a test',
      taskQueue,
      workflowBundle: workflowBundle ?? (await bundleWorkflows()),
      activities: { ...activities, ...options.activities },
      mayRestore: options.mayRestore ?? true,
    });
  const workers =
    options.startWorkers === false
      ? []
      : await create().catch(async (error: unknown) => {
          await env.teardown();
          throw error;
        });
  const running = workers.map((worker) => worker.run());
  return {
    env,
    taskQueue,
    client: new SitePairClient(env.client, taskQueue),
    sitePairs,
    journal,
    async stopPolling(queue) {
      const index = workers.findIndex((worker) => worker.options.taskQueue === queue);
      if (index === -1) throw new Error(`no worker polls ${queue}`);
      workers.splice(index, 1).forEach((worker) => worker.shutdown());
    },
    async moreWorkers(workflowBundle) {
      const more = await create(workflowBundle);
      workers.push(...more);
      const moreRunning = more.map((worker) => worker.run());
      running.push(...moreRunning);
      const stop = async () => {
        for (const worker of more) worker.shutdown();
        await Promise.all(moreRunning);
      };
      return { stop };
    },
    stop: () => stopAll(env, workers, running),
  };
}

function serverOf({ existing, skipTime }: TemporalOptions): Promise<TestWorkflowEnvironment> {
  if (existing) return TestWorkflowEnvironment.createFromExistingServer({ address: existing, namespace: 'default' });
  return skipTime ? skippingServer() : devServer();
}

function devServer(): Promise<TestWorkflowEnvironment> {
  const { temporal } = readTools('temporal');
  return TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path: temporal }, log: { format: 'pretty', level: 'error' } },
  });
}

function skippingServer(): Promise<TestWorkflowEnvironment> {
  const { temporalTestServer } = readTools('temporalTestServer');
  return TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: temporalTestServer } },
  });
}

async function stopAll(env: TestWorkflowEnvironment, workers: Worker[], running: Promise<void>[]): Promise<void> {
  for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  await Promise.all(running);
  await env.teardown();
}
