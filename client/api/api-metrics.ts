import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { unusableBecause, type RequestMetrics } from '../http/request-watch';

/** Why a request was turned away, or did not become one. */
export const rejectedBecause = [
  'CredentialsWrong',
  'TooManyFailures',
  'TooManyRequests',
  'ClientCertificateMissing',
  'NotPermitted',
  'OwnCredentialsUnreadable',
  ...unusableBecause,
  'RequestTimedOut',
  'HeadersTooLarge',
  'RequestMalformed',
  'TooManyConnections',
] as const;
export type RejectedBecause = (typeof rejectedBecause)[number];

export interface ApiMetrics extends RequestMetrics {
  registry: Registry;
  /** `what`: a goal, or a kind of decision. `outcome`: started, joined, taken, refused; failed when nobody answered. */
  writes: Counter<'what' | 'outcome'>;
}

/** The API's metrics, `sitewarden_api_*`. */
export function apiMetrics(registry: Registry): ApiMetrics {
  const registers = [registry];
  const metrics = {
    registry,
    writes: new Counter({
      name: 'sitewarden_api_writes_total',
      help: 'Requests for goals and decisions, by what became of them.',
      labelNames: ['what', 'outcome'],
      registers,
    }),
    rejected: new Counter({
      name: 'sitewarden_api_rejected_requests_total',
      help: 'Requests and connections that were turned away, by reason.',
      labelNames: ['reason'],
      registers,
    }),
    duration: new Histogram({
      name: 'sitewarden_api_request_duration_seconds',
      help: 'From the headers of a request to the end of its answer.',
      labelNames: ['route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    inFlight: new Gauge({
      name: 'sitewarden_api_requests_in_flight',
      help: 'Requests that are being answered.',
      registers,
    }),
  } satisfies ApiMetrics;
  for (const reason of rejectedBecause) metrics.rejected.inc({ reason }, 0);
  return metrics;
}

/** `sitewarden_api_certificate_expiry_timestamp_seconds`; there only where the API serves HTTPS. */
export function certificateExpiry(registry: Registry): Gauge {
  const help = 'When the certificate in force ends.';
  return new Gauge({ name: 'sitewarden_api_certificate_expiry_timestamp_seconds', help, registers: [registry] });
}
