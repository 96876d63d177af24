import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { Activities } from '../activities';
import { taskQueues } from '../workflows/contract/task-queues';

export interface WorkersOptions {
  connection: NativeConnection;
  namespace: string;
  /** Shown by Temporal beside everything this worker did, as in `sitewarden-worker@host:pid`. */
  identity: string;
  /** Prefix of the four task queues. */
  taskQueue: string;
  workflowBundle: NonNullable<WorkerOptions['workflowBundle']>;
  activities: Activities;
  /** Whether this process may send clients to a site again. */
  mayRestore: boolean;
}

/** Longer than any command: a shutdown lets what was begun end. */
const shutdownGraceTime = '8 seconds';

/** One worker per task queue; each registers only what its queue is for. */
export async function createWorkers(options: WorkersOptions): Promise<Worker[]> {
  const { activities, workflowBundle, connection, namespace, identity } = options;
  const queues = taskQueues(options.taskQueue);
  const common = {
    connection,
    namespace,
    identity,
    shutdownGraceTime,
    dataConverter: { payloadConverterPath: require.resolve('../workflows/contract/payload-converter') },
  } satisfies Partial<WorkerOptions>;
  const { assessPair, observePair, removeEndpoint, takeBackupOffline, addEndpoint, watch } = activities;
  const wanted: (Pick<WorkerOptions, 'taskQueue' | 'activities'> & Partial<WorkerOptions>)[] = [
    {
      taskQueue: queues.main,
      workflowBundle,
      // A killed worker's runs are picked up by another one after this.
      stickyQueueScheduleToStartTimeout: '2 seconds',
      activities: { assessPair, observePair },
    },
    { taskQueue: queues.fence, activities: { removeEndpoint, takeBackupOffline } },
    { taskQueue: queues.watch, activities: { watch }, maxConcurrentActivityTaskExecutions: 500 },
    ...(options.mayRestore ? [{ taskQueue: queues.restore, activities: { addEndpoint } }] : []),
  ];
  return Promise.all(wanted.map((one) => Worker.create({ ...common, ...one })));
}
