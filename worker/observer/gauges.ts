import { Gauge, type Registry } from 'prom-client';

/** Whom this observer answers for, and whether it does: held against what the workers' configuration names. */
export function registerObserverGauges(options: {
  registry: Registry;
  observer: string;
  pairs: readonly string[];
  polls: () => boolean;
}): void {
  const { registry, observer, pairs, polls } = options;
  const polling = new Gauge({
    name: 'sitewarden_observer_polling',
    help: '1 while this observer takes questions about the pair.',
    labelNames: ['pair', 'observer'],
    registers: [registry],
    collect() {
      for (const pair of pairs) polling.set({ pair, observer }, polls() ? 1 : 0);
    },
  });
}
