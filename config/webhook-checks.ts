import type { CrossFault } from './cross-checks';
import { isLoopback } from './fields';
import { isRecord, type Loose } from './loose';

export function webhookFaults(root: Loose): CrossFault[] {
  const webhook = root.webhook;
  if (!isRecord(webhook)) return [];
  return [...openWebhookFault(webhook), ...exposedWebhookFault(webhook)];
}

function exposedWebhookFault({ listen, tls, allowPlaintext }: Loose): CrossFault[] {
  if (typeof listen !== 'string' || isLoopback(listen) || isRecord(tls) || allowPlaintext === true) return [];
  return [
    {
      path: ['webhook', 'listen'],
      what: 'this takes the credentials of Alertmanager in clear text from a network',
      instead: 'Add tls: { certificate, key }, or set allowPlaintext: true where a TLS proxy stands before it.',
    },
  ];
}

function openWebhookFault(webhook: Loose): CrossFault[] {
  if ('credentials' in webhook || 'bearer' in webhook) return [];
  return [
    {
      path: ['webhook'],
      what: 'there are neither credentials nor a bearer token',
      instead:
        'Write credentials: { secret: <reference> } or bearer: { secret: <reference> }; an open webhook would let anyone fence.',
    },
  ];
}
