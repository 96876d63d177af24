import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { SitewardenConfig } from '../../config';
import { createHttpServer, type HttpBounds } from '../../runtime/http-server';
import type { Logger } from '../../runtime/logging';
import type { ServerCertificate } from '../../runtime/server-certificate';
import { boundStrangers } from '../../runtime/strangers';
import { addProbes } from '../http/probes';
import { RateLimits } from '../http/rate-limits';
import { watchRequests } from '../http/request-watch';
import type { PairRuns } from '../pair-runs';
import { Access } from './access';
import { Admission } from './admission';
import type { ApiMetrics, RejectedBecause } from './api-metrics';
import type { Callers } from './callers';
import { keyOf } from './idempotency';
import { readAs } from './messages';
import { openApi } from './openapi';
import { answerApiProblem, answerTrouble, ApiProblem } from './problems';
import { answerRefused, Refused } from './refused';
import type { Reports } from './reports';
import type { Route } from './route';
import { assertMay, pairNamed, routes } from './routes';

/** The largest message of ours is a few kB. */
export const bodyLimitBytes = 65_536;
const mostStrangers = 256;

export interface ApiServerOptions {
  config: Pick<SitewardenConfig, 'sitePairs'>;
  access: ConstructorParameters<typeof Access>[0];
  /** Requests of one caller in a minute. */
  perMinute: number;
  callers: Pick<Callers, 'caller' | 'ready'>;
  runs: PairRuns;
  reports: Reports;
  /** Whether Temporal answers, bounded in time. */
  temporalAnswers: () => Promise<boolean>;
  logger: Logger;
  metrics: ApiMetrics;
  /** HTTPS instead of HTTP. */
  certificate?: ServerCertificate;
  /** Only clients with a certificate of the certificate's client CA are heard. */
  clientCertificates?: boolean;
  bounds?: Partial<HttpBounds>;
  now?: () => number;
  /** Of the age of a report; that of this machine unless told otherwise. */
  clock?: () => number;
}

/**
 * The server of the HTTP API. Whoever is not known by a token is told so before a body is read. Every answer has the
 * request's id in X-Request-Id, and every failure is a problem (RFC 9457) with a code and one sentence.
 */
export function createApiServer(options: ApiServerOptions): FastifyInstance {
  const { logger, metrics, certificate, clientCertificates = false, bounds } = options;
  const { now = () => performance.now() } = options;
  const rejected = (reason: RejectedBecause) => metrics.rejected.inc({ reason });
  const server = createHttpServer({
    ...{ logger, bounds, tls: certificate?.options, onClientFault: rejected },
    ...{ answer: answerTrouble, requestId: randomUUID },
  });
  const onTurnedAway = () => rejected('TooManyConnections');
  const strangers = boundStrangers(server.server, { most: mostStrangers, onTurnedAway });
  server.addHook('preClose', async () => strangers.turnAway());
  server.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id));
  const limits = new RateLimits(server);
  const { callers, perMinute } = options;
  const admission = new Admission({ callers, clientCertificates, strangers, limits, perMinute, metrics });
  watchRequests(server, {
    ...{ metrics, now },
    isKnown: (request) => admission.callerOf(request) !== undefined,
    fieldsOf: (request) => ({ caller: admission.callerOf(request)?.name, requestId: request.id }),
  });
  addRoutes(server, admission, options);
  const { temporalAnswers } = options;
  const untilThen = 'Requests are answered 503 until then.';
  addProbes(server, { registry: metrics.registry, credentials: callers, temporalAnswers, now, untilThen });
  return server;
}

function addRoutes(server: FastifyInstance, admission: Admission, options: ApiServerOptions): void {
  const access = new Access(options.access);
  const all = routes({ ...options, access });
  const description = openApi(all);
  server.get('/v1/openapi.json', async () => description);
  for (const one of all) {
    server.route({
      method: one.method,
      url: one.path.replaceAll(/\{(\w+)\}/g, ':$1'),
      bodyLimit: bodyLimitBytes,
      // A known caller has a name by now: whoever has none was answered.
      onRequest: (request, reply) => admission.admit(request, reply),
      handler: (request, reply) => answered(one, request, reply, { access, admission, options }),
    });
  }
}

interface Parts {
  access: Access;
  admission: Admission;
  options: ApiServerOptions;
}

async function answered(one: Route, request: FastifyRequest, reply: FastifyReply, parts: Parts): Promise<unknown> {
  try {
    return await handled(one, request, reply, parts);
  } catch (error) {
    if (error instanceof Refused) return answerRefused(reply, error);
    if (!(error instanceof ApiProblem)) throw error;
    if (error.code === 'NotPermitted') parts.options.metrics.rejected.inc({ reason: error.code });
    if (error.cause) request.log.warn({ err: error.cause, requestId: request.id }, error.detail);
    return answerApiProblem(reply, error);
  }
}

async function handled(
  one: Route,
  request: FastifyRequest,
  reply: FastifyReply,
  { access, admission, options }: Parts,
) {
  const caller = admission.callerOf(request);
  if (!caller) throw new Error('A route was reached without a caller.');
  const { pair = '', run = '' } = request.params as { pair?: string; run?: string };
  if (one.path.includes('{pair}')) {
    pairNamed(options.config, pair);
    assertMay(access, caller, one.doing ?? 'read', pair);
  }
  const key = one.write ? keyOf(request.headers['idempotency-key'], caller.name) : '';
  const body = one.body && readOr400(one.body, request.body ?? {}, 'body');
  const query = one.query && readOr400(one.query, request.query, 'query');
  return one.handle({ ...{ caller, pair, run, key, request, reply }, body, query: query ?? {} });
}

function readOr400<T extends NonNullable<Route['body']>>(schema: T, sent: unknown, what: string) {
  const read = readAs(schema, sent);
  if ('read' in read) return read.read;
  const next = 'GET /v1/openapi.json describes it.';
  throw new ApiProblem('RequestMalformed', `The ${what} is not as described: ${read.refused}.`, next);
}
