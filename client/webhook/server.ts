import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createHttpServer, trouble, type HttpBounds } from '../../runtime/http-server';
import type { Logger } from '../../runtime/logging';
import type { ServerCertificate } from '../../runtime/server-certificate';
import { boundStrangers } from '../../runtime/strangers';
import { addProbes } from '../http/probes';
import { watchRequests } from '../http/request-watch';
import { Admission } from './admission';
import type { AlertIntake } from './alert-intake';
import type { AlertPathIntake, Watchdog } from './alert-path-intake';
import type { AlertPair } from './alert-pairs';
import { projectAny, readBody, type Addressed, type AlertmanagerBody, type Ignored } from './alert-projection';
import { handOver, type HandOver } from './hand-over';
import { hearWatchdogs } from './hear-watchdogs';
import { summary } from './summary';
import { UnfinishedDeliveries } from './unfinished-deliveries';
import type { WebhookCredentials } from './webhook-credentials';
import { countAlerts, type RejectedBecause, type WebhookMetrics } from './webhook-metrics';

/** Together with the time for a change of credentials below the 8 s after which a sender may have given up on us. */
const handOverWithinMs = 6_000;
/** 300 alerts of 10 kB each; read only of those who may post alerts. */
const alertsLimitBytes = 4 * 1_048_576;
/** More than the 511 connections that the system may hand us at once, so that the genuine one among them is heard. */
const mostStrangers = 1_024;

export interface WebhookServerOptions {
  pairs: readonly AlertPair[];
  intake: AlertIntake;
  alertPath: AlertPathIntake;
  credentials: WebhookCredentials;
  /** Whether Temporal answers, bounded in time. */
  temporalAnswers: () => Promise<boolean>;
  logger: Logger;
  metrics: WebhookMetrics;
  /** HTTPS instead of HTTP. */
  certificate?: ServerCertificate;
  /** Alerts are taken only of clients with a certificate of the certificate's client CA. */
  clientCertificates?: boolean;
  handOverWithinMs?: number;
  bounds?: Partial<HttpBounds>;
  mostStrangers?: number;
  now?: () => number;
}

/**
 * The server that Alertmanager posts to.
 * `POST /alerts` answers 202 only when Temporal has stored every alert that concerns a pair; 503, on which Alertmanager
 * sends again, when it has not; 4xx for a caller or a body that is wrong. Never 3xx: Alertmanager would follow it without
 * the body and take the answer for delivery. Alerts that concern no pair or cannot be read are answered 202 with the reason,
 * for Alertmanager sends a 4xx again at each of its intervals, for ever, and the other alerts of the body with it.
 * A watchdog alert starts and wakes nothing; that it came is kept.
 */
export function createWebhookServer(options: WebhookServerOptions): FastifyInstance {
  const { logger, metrics, credentials, certificate, clientCertificates = false, bounds } = options;
  const { now = () => performance.now() } = options;
  const rejected = (reason: RejectedBecause) => metrics.rejected.inc({ reason });
  const server = createHttpServer({
    logger,
    bounds,
    tls: certificate?.options,
    onClientFault: rejected,
  });
  const strangers = boundStrangers(server.server, {
    most: options.mostStrangers ?? mostStrangers,
    onTurnedAway: () => rejected('TooManyConnections'),
  });
  server.addHook('preClose', async () => strangers.turnAway());
  const intake = new UnfinishedDeliveries(options.intake, now);
  const admission = new Admission(server, { credentials, clientCertificates, strangers, metrics });
  watchRequests(server, { metrics, isKnown: (request) => admission.isKnown(request), now });
  server.post(
    '/alerts',
    { bodyLimit: alertsLimitBytes, onRequest: (request, reply) => admission.admit(request, reply) },
    (request, reply) => receive(request, reply, { ...options, intake }),
  );
  addProbes(server, {
    registry: metrics.registry,
    ...{ credentials, temporalAnswers: options.temporalAnswers, now },
    untilThen: 'Alerts are answered 503 until then, and Alertmanager sends them again.',
  });
  return server;
}

async function receive(
  request: FastifyRequest,
  reply: FastifyReply,
  options: WebhookServerOptions & { intake: UnfinishedDeliveries },
): Promise<unknown> {
  const body = readBody(request.body);
  if ('refused' in body) {
    const error = `The body is not an Alertmanager notification of version 4: ${body.refused}.`;
    request.log.warn({ reason: body.refused }, 'A body of a known sender is no notification; nothing of it was used.');
    const next = 'Post to this path from a webhook_configs receiver with its own payload.';
    return trouble(reply, 400, { error, next });
  }
  const { addressed, strangers, watchdogs } = sorted(body, options.pairs);
  const { handOverWithinMs: withinMs = handOverWithinMs } = options;
  const [taken, paths] = await Promise.all([
    handOver(addressed, { intake: options.intake, withinMs }),
    hearWatchdogs(watchdogs, { alertPath: options.alertPath, withinMs }),
  ]);
  const outcome = {
    ...taken,
    ignored: [...body.unreadable, ...strangers, ...taken.ignored],
    heard: paths.heard,
    missing: taken.missing + paths.missing,
    onlyMany: taken.onlyMany && paths.missing === 0,
    failure: taken.failure ?? paths.failure,
  };
  tell(request, outcome, body, options.metrics);
  if (outcome.missing > 0) return trouble(reply, 503, notTaken(outcome, addressed.length + watchdogs.length));
  options.intake.finished(addressed);
  const { accepted, ignored, heard } = outcome;
  return reply.code(202).send({ accepted, ignored, ...(heard.length > 0 && { heard }) });
}

/** What became of a body. */
type Outcome = HandOver & { heard: readonly Watchdog[] };

interface Sorted {
  addressed: Addressed[];
  strangers: Ignored[];
  watchdogs: Watchdog[];
}

function sorted(body: AlertmanagerBody, pairs: readonly AlertPair[]): Sorted {
  const projected = body.alerts.map((alert) => projectAny(alert, pairs));
  return {
    addressed: projected.filter((one): one is Addressed => 'pair' in one),
    strangers: projected.filter((one): one is Ignored => 'reason' in one),
    watchdogs: projected.flatMap((one) => ('watchdog' in one ? [one.watchdog] : [])),
  };
}

function notTaken({ missing, onlyMany, failure }: HandOver, count: number) {
  if (onlyMany) {
    return {
      error: `There were more alerts than are handed over in one try: ${missing} of ${count} are not recorded yet.`,
      next: 'Send again, as Alertmanager does by itself: the repeat goes on with the rest.',
    };
  }
  const why = failure === undefined ? 'did not answer in time' : 'could not be reached or refused the message';
  return {
    error: `Temporal ${why}: ${missing} of ${count} alerts are not recorded.`,
    next: 'Send again, as Alertmanager does by itself; if it stays, fence by hand: docs/runbooks/fence.md.',
  };
}

/** In the log and in the metrics: what became of a body. */
function tell(request: FastifyRequest, outcome: Outcome, body: AlertmanagerBody, metrics: WebhookMetrics): void {
  const { truncated, knownVersion } = body;
  countAlerts(metrics, outcome, truncated);
  const fields = summary(outcome);
  if (outcome.onlyMany)
    request.log.warn(
      fields,
      'There were more alerts than are handed over in one try; the repeat goes on with the rest.',
    );
  else if (outcome.missing > 0)
    request.log.error(
      { ...fields, err: outcome.failure },
      'Alerts were not handed over; the sender was told to send again.',
    );
  else if (outcome.heard.length > 0 && outcome.accepted.length === 0)
    request.log.debug(fields, 'A watchdog alert arrived: the alert path is open.');
  else request.log.info(fields, 'Alerts were handed over.');
  if (truncated > 0)
    request.log.error({ truncated }, 'Alertmanager left alerts out. Set max_alerts: 0 in its webhook_configs.');
  if (knownVersion) return;
  metrics.otherVersions.inc();
  request.log.warn('The notification is not of version 4. Its alerts were taken as far as they could be read.');
}
