import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
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

/** How long a client may take, in milliseconds. */
export interface HttpBounds {
  /** To complete the TLS handshake. */
  handshakeMs: number;
  /** To send the headers, from the connection's or the last request's end on. */
  headersMs: number;
  /** To send the request as a whole. */
  requestMs: number;
  /** Node looks for late requests only this often; its own default of 30 s would make the bounds above a fiction. */
  checkedEveryMs: number;
}

const usualBounds: HttpBounds = { handshakeMs: 5_000, headersMs: 5_000, requestMs: 10_000, checkedEveryMs: 1_000 };

/** What ended a connection before there was a request to answer. */
export type ClientFault = 'RequestTimedOut' | 'HeadersTooLarge' | 'RequestMalformed';

export interface HttpServerOptions {
  logger: Logger;
  bounds?: Partial<HttpBounds>;
  /** HTTPS instead of HTTP. */
  tls?: TlsOptions;
  onClientFault?: (fault: ClientFault) => void;
  /** How a trouble is answered that no route has answered; `trouble` when absent. */
  answer?: typeof trouble;
  /** Ids of requests, in the log; counted when absent. */
  requestId?: () => string;
}

/**
 * An HTTP server with our defaults: JSON bodies up to 1 MiB, a bound on every wait for a client, no redirect
 * (a redirected POST loses its body), no framework name in answers, errors as `HttpTrouble`.
 * `close()` refuses new requests and lets those in progress finish. It logs only what its routes log, and every error.
 */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const bounds = { ...usualBounds, ...options.bounds };
  const server = listener(options, bounds);
  // Built into the framework, and taken by none of our routes: a text would reach them in place of an object.
  server.removeContentTypeParser('text/plain');
  endConnectionsWhenClosing(server);
  const answer = options.answer ?? trouble;
  server.setErrorHandler<FastifyError>((error, request, reply) => answerError(error, request, reply, answer));
  server.setNotFoundHandler((request, reply) =>
    answer(reply, 404, { error: `There is nothing at ${pathOf(request)}.`, next: 'Look at the path and the method.' }),
  );
  return server;
}

const whyNotListening: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there; stop it',
  EADDRNOTAVAIL: 'this machine has no such address; correct it',
  EACCES: 'this user may not listen there; take a port above 1023',
};

/**
 * Listens where the configuration says, by the name that it has there.
 * @returns the URL that it serves.
 * @throws Error in one sentence, with what to do.
 */
export async function listenAt(
  server: FastifyInstance,
  address: { host: string; port: number },
  setting: string,
): Promise<string> {
  try {
    return await server.listen(address);
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    const why = whyNotListening[code] ?? 'look at the address';
    const where = `${address.host}:${address.port}`;
    throw new Error(`Nothing can listen at ${where} (${code}): ${why}, or write another ${setting}.`, { cause });
  }
}

function listener(options: HttpServerOptions, bounds: HttpBounds): FastifyInstance {
  // The server's type names the logger it was made with; our callers know it as any Fastify server.
  const loggerInstance: FastifyBaseLogger = options.logger;
  const onClientFault = options.onClientFault ?? (() => undefined);
  const http = { connectionsCheckingInterval: bounds.checkedEveryMs, headersTimeout: bounds.headersMs };
  const common = {
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    // Alert labels may be called anything: one with a forbidden name must not take the body with it.
    onProtoPoisoning: 'remove',
    onConstructorPoisoning: 'remove',
    requestTimeout: bounds.requestMs,
    connectionTimeout: 30_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: 'idle',
    requestIdHeader: false,
    ...(options.requestId && { genReqId: options.requestId }),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 200 },
    clientErrorHandler: (error: Error, socket: Socket) => endConnection(error, socket, onClientFault),
  } as const;
  if (!options.tls) return fastify({ ...common, http });
  const https = { ...http, ...options.tls, handshakeTimeout: bounds.handshakeMs };
  // The routes do not differ by the kind of connection.
  return fastify({ ...common, https });
}

/** A connection on which a request is being answered would otherwise stay open for its next one, and hold up the close. */
function endConnectionsWhenClosing(server: FastifyInstance): void {
  let closing = false;
  server.addHook('preClose', async () => void (closing = true));
  server.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
}

/** Answers with a status of 400 or more and the two sentences. */
export function trouble(reply: FastifyReply, status: number, said: HttpTrouble): FastifyReply {
  return reply.code(status).send(said);
}

/** Path of the request without its query, bounded: fit for a log line. */
export function pathOf(request: FastifyRequest): string {
  return (request.url.split('?')[0] ?? '').slice(0, 200);
}

function said(error: FastifyError, request: FastifyRequest): HttpTrouble {
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return { error: 'The body is not JSON.', next: 'Send one JSON object.' };
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return { error: 'The body is empty.', next: 'Send one JSON object.' };
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return { error: 'The content type is not supported.', next: 'Send the body as application/json.' };
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return {
        error: `The body is larger than ${request.routeOptions.bodyLimit} bytes.`,
        next: 'Send less at once; for Alertmanager: group by fewer alerts.',
      };
    default:
      return { error: 'The request is malformed.', next: 'Look at its body and headers.' };
  }
}

function answerError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  answer: typeof trouble,
): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return answer(reply, status, said(error, request));
  request.log.error({ err: error, reqId: request.id }, 'A request failed for a reason that is ours.');
  const next = `Try again; if it stays, look for ${request.id} in the log.`;
  return answer(reply, 500, { error: 'Something went wrong on our side.', next });
}

const faults: Readonly<Record<ClientFault, HttpTrouble & { status: string }>> = {
  RequestTimedOut: {
    status: '408 Request Timeout',
    error: 'The request did not arrive in time.',
    next: 'Send it again, all at once.',
  },
  HeadersTooLarge: {
    status: '431 Request Header Fields Too Large',
    error: 'The headers are too large.',
    next: 'Send fewer of them.',
  },
  RequestMalformed: {
    status: '400 Bad Request',
    error: 'This is no HTTP request.',
    next: 'Compare the URL with how this server was told to listen: http or https.',
  },
};

/** What Node could not make a request of reaches no route. */
function endConnection(error: Error, socket: Socket, onClientFault: (fault: ClientFault) => void): void {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ECONNRESET' || socket.destroyed) return;
  const fault = faultOf(code);
  onClientFault(fault);
  const { status, ...said } = faults[fault];
  const body = JSON.stringify(said);
  const headers = `content-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close`;
  if (socket.writable) socket.write(`HTTP/1.1 ${status}\r\n${headers}\r\n\r\n${body}`);
  socket.destroy();
}

function faultOf(code: string | undefined): ClientFault {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'RequestTimedOut';
  return code === 'HPE_HEADER_OVERFLOW' ? 'HeadersTooLarge' : 'RequestMalformed';
}
