import { Worker, type NativeConnection } from '@temporalio/worker';
import { observerQueue } from '../../workflows/contract/task-queues';

/** An observer's worker on a real Temporal server. */
export interface ObserverWorker {
  /** Questions that it took. */
  asked(): number;
  stop(): Promise<void>;
}

/** @param answer What it does with a question. */
export async function startObserverWorker(
  connection: NativeConnection,
  name: string,
  answer: () => Promise<unknown>,
): Promise<ObserverWorker> {
  let asked = 0;
  const see = (): Promise<unknown> => {
    asked += 1;
    return answer();
  };
  const worker = await Worker.create({
    connection,
    taskQueue: observerQueue(name),
    activities: { see },
    shutdownGraceTime: '3 seconds',
  });
  const running = worker.run();
  return {
    asked: () => asked,
    stop: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
    },
  };
}
