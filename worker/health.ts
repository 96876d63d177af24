import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Registry } from 'prom-client';
import { createHttpServer } from '../runtime/http-server';
import type { Logger } from '../runtime/logging';

/** State of each task queue's worker, by queue; `RUNNING` means that it polls. */
export type QueueStates = Readonly<Record<string, string>>;

export interface WorkerHealthOptions {
  logger: Logger;
  registry: Registry;
  queues: () => QueueStates;
  /** Whether Temporal answers, bounded in time. A worker goes on polling, in vain, while it does not. */
  temporalAnswers: () => Promise<boolean>;
  /** What becomes of the process's work while it is not ready. */
  untilThen?: string;
}

const nobodyGuards = 'Runs are guarded by another worker, or by nobody. Look at the log, and at Temporal.';

/**
 * The own page of a process that polls queues, for load balancers and Prometheus: `/healthz` (the process runs), `/readyz` (every queue is
 * polled, and Temporal answers; else it says what is missing), `/metrics`.
 */
export function createWorkerHealth(options: WorkerHealthOptions): FastifyInstance {
  const { logger, registry } = options;
  const server = createHttpServer({ logger });
  server.get('/healthz', () => ({ status: 'ok' }));
  server.get('/readyz', (_request, reply) => readiness(reply, options));
  server.get('/metrics', async (_request, reply) =>
    reply.header('content-type', registry.contentType).send(await registry.metrics()),
  );
  return server;
}

async function readiness(reply: FastifyReply, options: WorkerHealthOptions): Promise<unknown> {
  const queues = options.queues();
  const missing = Object.entries(queues)
    .filter(([, state]) => state !== 'RUNNING')
    .map(([queue, state]) => `the queue ${queue} is not polled (${state})`);
  if (!(await options.temporalAnswers())) missing.push('Temporal does not answer');
  if (missing.length === 0) return reply.send({ ready: true, queues });
  const error = `Not ready: ${missing.join(', and ')}.`;
  const next = options.untilThen ?? nobodyGuards;
  return reply.code(503).send({ ready: false, queues, error, next });
}
