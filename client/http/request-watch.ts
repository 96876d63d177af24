import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pathOf } from '../../runtime/http-server';
import type { Counter, Gauge, Histogram } from 'prom-client';
import { oneLine } from '../../domain/one-line';

/** Lines of a minute about requests of strangers, all together. Their number is in the metrics whatever it is. */
const strangersLinesPerMinute = 60;

/** What every server of ours measures of its requests. */
export interface RequestMetrics {
  rejected: Counter<'reason'>;
  duration: Histogram<'route' | 'status'>;
  inFlight: Gauge;
}

/** Why a request of a known sender was not usable: reasons of `RequestMetrics.rejected`. */
export const unusableBecause = ['BodyMalformed', 'BodyTooLarge', 'ContentTypeWrong', 'ClientGone'] as const;

/** Measures every request, and logs one line of each: of probes at debug, and of strangers only so many. */
export function watchRequests(
  server: FastifyInstance,
  options: {
    metrics: RequestMetrics;
    isKnown: (request: FastifyRequest) => boolean;
    /** Further fields of the line of a request that is known. */
    fieldsOf?: (request: FastifyRequest) => object;
    /** Monotonic milliseconds. */
    now: () => number;
  },
): void {
  const { metrics, isKnown, fieldsOf = () => ({}), now } = options;
  const line = lineBudget(now);
  const open = new Set<FastifyRequest>();
  const over = (request: FastifyRequest): void => {
    open.delete(request);
    metrics.inFlight.set(open.size);
  };
  server.addHook('onRequest', async (request) => {
    open.add(request);
    metrics.inFlight.set(open.size);
  });
  // In place of `onResponse`: what is sent to nobody never ends.
  server.addHook('onRequestAbort', async (request) => {
    over(request);
    if (!isKnown(request)) return;
    metrics.rejected.inc({ reason: 'ClientGone' });
    request.log.warn({ from: request.ip }, 'A known sender broke off before it had its answer.');
  });
  server.addHook('onResponse', async (request, reply) => {
    over(request);
    const route = request.routeOptions.url ?? 'none';
    metrics.duration.observe({ route, status: reply.statusCode }, reply.elapsedTime / 1_000);
    const known = isKnown(request);
    const reason = unusable[reply.statusCode];
    if (known && reason) metrics.rejected.inc({ reason });
    if (known || isProbe(request, reply) || line()) log(request, reply, known ? fieldsOf(request) : undefined);
  });
}

/** By status: what is wrong with a body of somebody who may send one. */
const unusable: Readonly<Record<number, (typeof unusableBecause)[number]>> = {
  400: 'BodyMalformed',
  413: 'BodyTooLarge',
  415: 'ContentTypeWrong',
};

function log(request: FastifyRequest, reply: FastifyReply, known: object | undefined): void {
  const fields = {
    method: request.method,
    path: oneLine(pathOf(request), 120).trim(),
    status: reply.statusCode,
    tookMs: Math.round(reply.elapsedTime),
    from: request.ip,
    ...known,
  };
  const level = !known && isProbe(request, reply) ? 'debug' : 'info';
  request.log[level](fields, `${fields.method} ${fields.path} answered ${fields.status}.`);
}

const isProbe = (request: FastifyRequest, reply: FastifyReply): boolean =>
  request.method === 'GET' && reply.statusCode < 400;

function lineBudget(now: () => number): () => boolean {
  let [minute, lines] = [0, 0];
  return () => {
    const current = Math.floor(now() / 60_000);
    if (current !== minute) [minute, lines] = [current, 0];
    return ++lines <= strangersLinesPerMinute;
  };
}
