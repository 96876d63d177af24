import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { trouble } from '../../runtime/http-server';
import { readiness, type ReadinessOptions } from './readiness';

/** `/healthz`, `/readyz` and `/metrics`, for whoever watches the process. They ask for no credentials, and tell no secret. */
export function addProbes(
  server: FastifyInstance,
  /** `untilThen`: what becomes of requests while it is not ready. */
  options: ReadinessOptions & { registry: Registry; untilThen: string },
): void {
  const { registry, untilThen } = options;
  const lacking = readiness(options);
  server.get('/healthz', () => ({ status: 'alive' }));
  server.get('/readyz', async (_request, reply) => {
    const missing = await lacking();
    if (missing.length === 0) return reply.send({ status: 'ready' });
    return trouble(reply, 503, { error: `Not ready: ${missing.join(' and ')}.`, next: untilThen });
  });
  server.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}
