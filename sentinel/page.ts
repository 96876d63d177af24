import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { createHttpServer } from '../runtime/http-server';
import type { Logger } from '../runtime/logging';
import type { Sentinel } from './sentinel';

/**
 * The sentinel's own page: `/lb-check` for the site's load balancer (200 while clients may come, else 503), `/` (what it knows, as
 * JSON), `/healthz` (the process runs), `/readyz` (the network was looked at), `/metrics`. Nothing can be changed by it.
 */
export function createSentinelPage(options: {
  logger: Logger;
  registry: Registry;
  sentinel: Pick<Sentinel, 'isUp' | 'status'>;
}): FastifyInstance {
  const { logger, registry, sentinel } = options;
  const server = createHttpServer({ logger });
  server.get('/', () => sentinel.status());
  server.get('/healthz', () => ({ status: 'ok' }));
  server.get('/lb-check', (_request, reply) => {
    const up = sentinel.isUp();
    return reply.code(up ? 200 : 503).send({ status: up ? 'UP' : 'DOWN' });
  });
  server.get('/readyz', (_request, reply) => {
    const status = sentinel.status();
    if (status.network !== 'unsettled') return reply.send({ ready: true, ...status });
    const error = 'Not ready: it is not settled yet whether the network is whole.';
    return reply
      .code(503)
      .send({ ready: false, ...status, error, next: 'Wait for some rounds; else look at the log.' });
  });
  server.get('/metrics', async (_request, reply) =>
    reply.header('content-type', registry.contentType).send(await registry.metrics()),
  );
  return server;
}
