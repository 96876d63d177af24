import { Counter, type Registry } from 'prom-client';
import type { HandOver } from './hand-over';

export interface WebhookMetrics {
  alerts: Counter<'outcome'>;
}

/** `sitewarden_webhook_alerts_total` by outcome: started, joined, missing, truncated, or the reason for ignoring. */
export function webhookMetrics(registry: Registry): WebhookMetrics {
  const help = 'Alerts received, by what became of them; missing and truncated ones never reached a run.';
  const name = 'sitewarden_webhook_alerts_total';
  return { alerts: new Counter({ name, help, labelNames: ['outcome'], registers: [registry] }) };
}

export function countAlerts({ alerts }: WebhookMetrics, outcome: HandOver, truncated: number): void {
  for (const accepted of outcome.accepted) alerts.inc({ outcome: accepted.outcome });
  for (const { reason } of outcome.ignored) alerts.inc({ outcome: reason });
  alerts.inc({ outcome: 'missing' }, outcome.missing);
  alerts.inc({ outcome: 'truncated' }, truncated);
}
