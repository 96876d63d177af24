import fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { Logger } from './logging';

/** Every answer that is not a success: one sentence on what is wrong, one on what to do. */
export interface HttpTrouble {
  error: string;
  next: string;
}

export const bodyLimitBytes = 1_048_576;

/**
 * An HTTP server with our defaults: bodies up to 1 MiB, a bound on every wait for a client, no redirect
 * (a redirected POST loses its body), no framework name in answers, errors as `HttpTrouble`.
 * `close()` refuses new requests and lets those in progress finish. It logs only what its routes log, and every error.
 */
export function createHttpServer(options: { logger: Logger; requestTimeoutMs?: number }): FastifyInstance {
  // The server's type names the logger it was made with; our callers know it as any Fastify server.
  const loggerInstance: FastifyBaseLogger = options.logger;
  const server = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    requestTimeout: options.requestTimeoutMs ?? 10_000,
    connectionTimeout: 30_000,
    keepAliveTimeout: 65_000,
    // Node looks for late requests only this often; its own default of 30 s would make the bounds above a fiction.
    http: { connectionsCheckingInterval: 1_000, headersTimeout: 5_000 },
    forceCloseConnections: 'idle',
    requestIdHeader: false,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
  });
  server.setErrorHandler(answerError);
  server.setNotFoundHandler((request, reply) =>
    trouble(reply, 404, { error: `There is nothing at ${pathOf(request)}.`, next: 'Look at the path and the method.' }),
  );
  return server;
}

/** Answers with a status of 400 or more and the two sentences. */
export function trouble(reply: FastifyReply, status: number, said: HttpTrouble): FastifyReply {
  return reply.code(status).send(said);
}

/** Path of the request without its query, bounded: fit for a log line. */
export function pathOf(request: FastifyRequest): string {
  return (request.url.split('?')[0] ?? '').slice(0, 200);
}

const said: Readonly<Record<string, HttpTrouble>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: { error: 'The body is not JSON.', next: 'Send one JSON object.' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { error: 'The body is empty.', next: 'Send one JSON object.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    error: 'The content type is not supported.',
    next: 'Send the body as application/json.',
  },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    error: `The body is larger than ${bodyLimitBytes} bytes.`,
    next: 'Send less at once; for Alertmanager: group by fewer alerts.',
  },
};

function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status < 400 || status >= 500) {
    request.log.error({ err: error, reqId: request.id }, 'A request failed for a reason that is ours.');
    const next = `Try again; if it stays, look for ${request.id} in the log.`;
    return trouble(reply, 500, { error: 'Something went wrong on our side.', next });
  }
  return trouble(
    reply,
    status,
    said[error.code] ?? { error: 'The request is malformed.', next: 'Look at its body and headers.' },
  );
}
