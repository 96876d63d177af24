import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { createHttpServer } from '../runtime/http-server';
import type { Logger } from '../runtime/logging';

/**
 * The worker's own page for load balancers and Prometheus: `/healthz` (the process runs), `/readyz` (every queue is
 * polled), `/metrics`.
 */
export function createWorkerHealth(options: {
  logger: Logger;
  registry: Registry;
  /** State of each task queue's worker, by queue; `RUNNING` means that it polls. */
  queues: () => Readonly<Record<string, string>>;
}): FastifyInstance {
  const { logger, registry, queues } = options;
  const server = createHttpServer({ logger });
  server.get('/healthz', () => ({ status: 'ok' }));
  server.get('/readyz', (_request, reply) => {
    const states = queues();
    const ready = Object.values(states).every((state) => state === 'RUNNING');
    return reply.code(ready ? 200 : 503).send({ ready, queues: states });
  });
  server.get('/metrics', async (_request, reply) =>
    reply.header('content-type', registry.contentType).send(await registry.metrics()),
  );
  return server;
}
