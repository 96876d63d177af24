import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { apiMetrics, certificateExpiry as apiCertificateExpiry } from '../../client/api/api-metrics';
import { certificateExpiry, webhookMetrics } from '../../client/webhook/webhook-metrics';
import { parseConfig } from '../../config';
import { createLogger } from '../../runtime/logging';
import { createSecretMetrics } from '../../runtime/secret-metrics';
import { sentinelMetrics } from '../../sentinel/journal';
import { createJournal } from '../../worker/journal';
import { meteredPairs } from '../../worker/metered-gateways';
import { registerObserverGauges } from '../../worker/observer/gauges';
import { createObserverJournal } from '../../worker/observer/journal';
import { registerProcessGauges } from '../../worker/process-gauges';
import { registerReadinessGauges } from '../../worker/readiness-gauges';
import { registerRunGauges } from '../../worker/run-gauges';

export interface OwnMetric {
  name: string;
  help: string;
  type: string;
  labels: readonly string[];
}

/** Every metric of our own, as the processes register it. A test holds it against the names in the code. */
export function ownMetrics(): OwnMetric[] {
  const registry = new Registry();
  const logger = createLogger({ process: 'worker', level: 'fatal' });
  const monotonicMs = () => 0;
  createJournal({ logger, registry, monotonicMs });
  createSecretMetrics({ logger, registry, clock: () => 0 });
  meteredPairs(new Map(), registry);
  registerRunGauges({ registry, pairs: [], describe: async () => undefined, withinMs: 1_000, monotonicMs });
  registerReadinessGauges({
    registry,
    everySeconds: {},
    lastReport: async () => undefined,
    withinMs: 1_000,
    monotonicMs,
  });
  const example = join(__dirname, '..', '..', 'sitewarden.example.yaml');
  const config = parseConfig(example, readFileSync(example, 'utf8'), {});
  registerProcessGauges({ registry, config, sitePairs: new Map(), queues: () => ({}) });
  webhookMetrics(registry);
  certificateExpiry(registry);
  sentinelMetrics(registry);
  apiMetrics(registry);
  apiCertificateExpiry(registry);
  createObserverJournal({ logger, registry, observer: 'third' });
  registerObserverGauges({ registry, observer: 'third', pairs: [], polls: () => true });
  // prom-client's types leave out what a metric was made with.
  const metrics = registry.getMetricsAsArray() as unknown as { name: string; help: string; labelNames: string[] }[];
  return metrics.map((metric) => ({
    name: metric.name,
    help: metric.help,
    type: metric.constructor.name.toLowerCase(),
    labels: [...metric.labelNames].sort(),
  }));
}
