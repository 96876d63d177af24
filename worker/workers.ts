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

/**
 * A frozen worker swallows as many tasks as it has polls open, and each costs the run a time-out: so there are few.
 * Two is the least that the SDK takes for workflow tasks.
 */
const openPolls = { maxConcurrentWorkflowTaskPolls: 2, maxConcurrentActivityTaskPolls: 2 };
const oneOpenPoll = { maxConcurrentActivityTaskPolls: 1 };

/** One worker per task queue; each registers only what its queue is for. */
export async function createWorkers(options: WorkersOptions): Promise<Worker[]> {
  const { activities, workflowBundle, connection, namespace, identity } = options;
  const queues = taskQueues(options.taskQueue);
  const common = {
    connection,
    namespace,
    identity,
    shutdownGraceTime,
    ...openPolls,
    dataConverter: { payloadConverterPath: require.resolve('../workflows/contract/payload-converter') },
  } satisfies Partial<WorkerOptions>;
  const { assessPair, observePair, assessReadiness, archiveReport, watch } = activities;
  const { removeEndpoint, removeLostEndpoint, takeBackupOffline, fenceByDevice, stopApplication, cancelPush } =
    activities;
  const { addEndpoint, emptySite, startPush, bringBackupOnline, unfenceByDevice, startApplication } = activities;
  const { refreshApplication, compareSites } = activities;
  const wanted: (Pick<WorkerOptions, 'taskQueue' | 'activities'> & Partial<WorkerOptions>)[] = [
    {
      taskQueue: queues.main,
      workflowBundle,
      // A killed worker's runs are picked up by another one after this.
      stickyQueueScheduleToStartTimeout: '2 seconds',
      activities: { assessPair, observePair, assessReadiness, archiveReport },
    },
    {
      taskQueue: queues.fence,
      // A comparison changes nothing: it needs no right to restore.
      activities: {
        removeEndpoint,
        removeLostEndpoint,
        takeBackupOffline,
        fenceByDevice,
        stopApplication,
        cancelPush,
        compareSites,
      },
      ...oneOpenPoll,
    },
    { taskQueue: queues.watch, activities: { watch }, maxConcurrentActivityTaskExecutions: 500 },
    ...(options.mayRestore
      ? [
          {
            taskQueue: queues.restore,
            activities: {
              addEndpoint,
              emptySite,
              startPush,
              bringBackupOnline,
              unfenceByDevice,
              startApplication,
              refreshApplication,
            },
            ...oneOpenPoll,
          },
        ]
      : []),
  ];
  return Promise.all(wanted.map((one) => Worker.create({ ...common, ...one })));
}
