import { collectDefaultMetrics, Registry } from 'prom-client';

/** The registry of one process, with Node's own metrics (memory, event loop, handles) in it already. */
export function createMetrics(process: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ process });
  collectDefaultMetrics({ register: registry });
  return registry;
}
