import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { RequestMetrics } from '../http/request-watch';
import { unusableBecause } from '../http/request-watch';
import { ignoredBecause } from './alert-projection';
import type { Watchdog } from './alert-path-intake';
import type { HandOver } from './hand-over';

/**
 * Why a request was answered 4xx, or, for our own credentials, 503, before any alert of it was read.
 * ClientGone: a known sender broke off before it had its answer; what it sent may be with Temporal all the same.
 */
export const rejectedBecause = [
  'CredentialsWrong',
  'TooManyFailures',
  'ClientCertificateMissing',
  'OwnCredentialsUnreadable',
  ...unusableBecause,
  'RequestTimedOut',
  'HeadersTooLarge',
  'RequestMalformed',
  'TooManyConnections',
] as const;
export type RejectedBecause = (typeof rejectedBecause)[number];

export interface WebhookMetrics extends RequestMetrics {
  registry: Registry;
  /** `result`: started, joined, heard (a watchdog), ignored (`reason` says why), failed (the sender was told to send again), truncated. */
  alerts: Counter<'result' | 'reason'>;
  otherVersions: Counter;
  /** Of configured pairs only: what a sender writes makes no series. */
  lastAlert: Gauge<'pair'>;
}

/** The webhook's metrics, `sitewarden_webhook_*`; the counters begin at 0, so that the first event is a rise. */
export function webhookMetrics(registry: Registry): WebhookMetrics {
  const registers = [registry];
  const metrics = {
    registry,
    alerts: new Counter({
      name: 'sitewarden_webhook_alerts_total',
      help: 'Alerts received, by what became of them; failed and truncated ones reached no run.',
      labelNames: ['result', 'reason'],
      registers,
    }),
    rejected: new Counter({
      name: 'sitewarden_webhook_rejected_requests_total',
      help: 'Requests and connections that were turned away before an alert was read, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    otherVersions: new Counter({
      name: 'sitewarden_webhook_other_versions_total',
      help: 'Notifications of another version than 4; their alerts were taken as far as they could be read.',
      registers,
    }),
    lastAlert: new Gauge({
      name: 'sitewarden_webhook_last_alert_timestamp_seconds',
      help: 'When an alert of the pair was last handed over to Temporal.',
      labelNames: ['pair'],
      registers,
    }),
    duration: new Histogram({
      name: 'sitewarden_webhook_request_duration_seconds',
      help: 'From the headers of a request to the end of its answer.',
      labelNames: ['route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    inFlight: new Gauge({
      name: 'sitewarden_webhook_requests_in_flight',
      help: 'Requests that are being answered.',
      registers,
    }),
  } satisfies WebhookMetrics;
  for (const result of ['started', 'joined', 'heard', 'failed', 'truncated'])
    metrics.alerts.inc({ result, reason: '' }, 0);
  for (const reason of ignoredBecause) metrics.alerts.inc({ result: 'ignored', reason }, 0);
  for (const reason of rejectedBecause) metrics.rejected.inc({ reason }, 0);
  return metrics;
}

/** `sitewarden_webhook_certificate_expiry_timestamp_seconds`; there only where the webhook serves HTTPS. */
export function certificateExpiry(registry: Registry): Gauge {
  const help = 'When the certificate in force ends.';
  return new Gauge({ name: 'sitewarden_webhook_certificate_expiry_timestamp_seconds', help, registers: [registry] });
}

export function countAlerts(
  { alerts, lastAlert }: WebhookMetrics,
  outcome: HandOver & { heard: readonly Watchdog[] },
  truncated: number,
): void {
  for (const { outcome: result, pair } of outcome.accepted) {
    alerts.inc({ result, reason: '' });
    lastAlert.setToCurrentTime({ pair });
  }
  for (const { reason } of outcome.ignored) alerts.inc({ result: 'ignored', reason });
  alerts.inc({ result: 'heard', reason: '' }, outcome.heard.length);
  alerts.inc({ result: 'failed', reason: '' }, outcome.missing);
  alerts.inc({ result: 'truncated', reason: '' }, truncated);
}
