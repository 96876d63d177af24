import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import { createHttpServer, pathOf, trouble } from '../../runtime/http-server';
import type { Logger } from '../../runtime/logging';
import type { AlertIntake } from './alert-intake';
import type { AlertPair } from './alert-pairs';
import { project, readBody, said, type Addressed, type AlertmanagerBody, type Ignored } from './alert-projection';
import { challenge } from './authentication';
import { handOver, type HandOver } from './hand-over';
import { summary } from './summary';
import type { WebhookCredentials } from './webhook-credentials';
import { countAlerts, type WebhookMetrics } from './webhook-metrics';

/** Together with the time for a change of credentials below the 8 s after which a sender may have given up on us. */
const handOverWithinMs = 6_000;

export interface WebhookServerOptions {
  pairs: readonly AlertPair[];
  intake: AlertIntake;
  credentials: WebhookCredentials;
  /** Whether Temporal answers, bounded in time. */
  temporalAnswers: () => Promise<boolean>;
  logger: Logger;
  metrics: { registry: Registry; webhook: WebhookMetrics };
  handOverWithinMs?: number;
}

/**
 * The server that Alertmanager posts to.
 * `POST /alerts` answers 202 only when Temporal has stored every alert that concerns a pair; 503, on which Alertmanager
 * sends again, when it has not; 4xx for a caller or a body that is wrong. Never 3xx: Alertmanager would follow it without
 * the body and take the answer for delivery. Alerts that concern no pair are answered 202 with the reason, for a 4xx would
 * be sent again for ever.
 */
export function createWebhookServer(options: WebhookServerOptions): FastifyInstance {
  const server = createHttpServer({ logger: options.logger });
  server.addHook('onResponse', (request, reply) => logAccess(request, reply));
  server.post(
    '/alerts',
    { onRequest: (request, reply) => admit(request, reply, options.credentials) },
    (request, reply) => receive(request, reply, options),
  );
  server.get('/healthz', () => ({ status: 'alive' }));
  server.get('/readyz', (_request, reply) => readiness(reply, options));
  server.get('/metrics', async (_request, reply) => {
    const { registry } = options.metrics;
    return reply.type(registry.contentType).send(await registry.metrics());
  });
  return server;
}

/** Before the body is read: a stranger's bytes are not parsed. */
async function admit(request: FastifyRequest, reply: FastifyReply, credentials: WebhookCredentials): Promise<unknown> {
  const verdict = await credentials.verdict(request.headers.authorization);
  if (verdict === 'authorized') return undefined;
  if (verdict === 'unknown') {
    const next = 'Send again; meanwhile look at the secrets that "webhook" names in the configuration.';
    return trouble(reply, 503, { error: 'Our own credentials cannot be read, so nobody can be let in.', next });
  }
  reply.header('www-authenticate', challenge(credentials.schemes));
  const next = 'Compare Alertmanager\'s http_config with the secret that "webhook" names in the configuration.';
  return trouble(reply, 401, { error: 'The credentials are missing or wrong.', next });
}

async function receive(request: FastifyRequest, reply: FastifyReply, options: WebhookServerOptions): Promise<unknown> {
  const body = readBody(request.body);
  if ('unreadable' in body) {
    const error = `The body is not an Alertmanager notification of version 4: ${body.unreadable}.`;
    return trouble(reply, 400, {
      error,
      next: 'Post to this path from a webhook_configs receiver with its own payload.',
    });
  }
  const { addressed, strangers } = sorted(body, options.pairs);
  const taken = await handOver(addressed, {
    intake: options.intake,
    withinMs: options.handOverWithinMs ?? handOverWithinMs,
  });
  const outcome = { ...taken, ignored: [...strangers, ...taken.ignored] };
  countAlerts(options.metrics.webhook, outcome, body.truncated);
  logOutcome(request, outcome, body.truncated);
  if (outcome.missing > 0) return trouble(reply, 503, notTaken(outcome, addressed.length));
  return reply.code(202).send({ accepted: outcome.accepted, ignored: outcome.ignored });
}

function sorted(body: AlertmanagerBody, pairs: readonly AlertPair[]): { addressed: Addressed[]; strangers: Ignored[] } {
  const projected = body.alerts.map((alert) => project(alert, pairs));
  return {
    addressed: projected.filter((one): one is Addressed => 'pair' in one),
    strangers: projected.filter((one): one is Ignored => 'reason' in one),
  };
}

function notTaken({ missing, failure }: HandOver, count: number) {
  const why = failure === undefined ? 'did not answer in time' : 'could not be reached or refused the message';
  return {
    error: `Temporal ${why}: ${missing} of ${count} alerts are not recorded.`,
    next: 'Send again, as Alertmanager does by itself; if it stays, fence by hand: docs/runbooks/fence.md.',
  };
}

async function readiness(reply: FastifyReply, options: WebhookServerOptions): Promise<unknown> {
  const [temporal, secrets] = await Promise.all([options.temporalAnswers(), options.credentials.ready()]);
  if (temporal && secrets) return reply.send({ status: 'ready' });
  const missing = [
    ...(temporal ? [] : ['Temporal does not answer']),
    ...(secrets ? [] : ['our credentials cannot be read']),
  ];
  const next = 'Alerts are answered 503 until then, and Alertmanager sends them again.';
  return trouble(reply, 503, { error: `Not ready: ${missing.join(' and ')}.`, next });
}

function logOutcome(request: FastifyRequest, outcome: HandOver, truncated: number): void {
  const fields = summary(outcome);
  if (outcome.missing > 0)
    request.log.error(
      { ...fields, err: outcome.failure },
      'Alerts were not handed over; the sender was told to send again.',
    );
  else request.log.info(fields, 'Alerts were handed over.');
  if (truncated > 0)
    request.log.error({ truncated }, 'Alertmanager left alerts out. Set max_alerts: 0 in its webhook_configs.');
}

/** One line a request; health probes only at debug. */
async function logAccess(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const fields = {
    method: request.method,
    path: said(pathOf(request)),
    status: reply.statusCode,
    tookMs: Math.round(reply.elapsedTime),
    from: request.ip,
  };
  const level = request.method === 'GET' && reply.statusCode < 400 ? 'debug' : 'info';
  request.log[level](fields, `${fields.method} ${fields.path} answered ${fields.status}.`);
}
