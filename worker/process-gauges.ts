import { Gauge, type Registry } from 'prom-client';
import type { ConfiguredPair } from '../activities/dependencies';
import type { SitewardenConfig } from '../config';
import { taskQueues } from '../workflows/contract/task-queues';
import type { QueueStates } from './health';

/** What this process works on, as metrics: its pairs and sites by configuration, and the queues that it polls. */
export function registerProcessGauges(options: {
  registry: Registry;
  config: Pick<SitewardenConfig, 'sitePairs' | 'temporal'>;
  sitePairs: ReadonlyMap<string, ConfiguredPair>;
  queues: () => QueueStates;
}): void {
  const { registry, config, sitePairs, queues } = options;
  const registers = [registry];
  const pairInfo = new Gauge({
    name: 'sitewarden_pair_info',
    help: 'Always 1: the pairs of this configuration, each with its mode and the hash that its histories name.',
    labelNames: ['pair', 'mode', 'config_hash'],
    registers,
  });
  for (const [name, { pair, configHash }] of sitePairs) {
    pairInfo.set({ pair: name, mode: pair.mode, config_hash: configHash }, 1);
  }
  const siteInfo = new Gauge({
    name: 'sitewarden_site_info',
    help: 'Always 1: the sites of this configuration, by the labels that their alerts carry.',
    labelNames: ['pair', 'site', 'accelerator'],
    registers,
  });
  for (const { name: pair, sites, traffic } of config.sitePairs) {
    const accelerator = traffic.globalAccelerator.dnsName ?? '';
    for (const { name: site } of sites) siteInfo.set({ pair, site, accelerator }, 1);
  }
  const observerInfo = new Gauge({
    name: 'sitewarden_observer_info',
    help: 'Always 1: the observers that this configuration names.',
    labelNames: ['pair', 'observer'],
    registers,
  });
  const sentinelInfo = new Gauge({
    name: 'sitewarden_sentinel_info',
    help: 'Always 1: the sites that have a sentinel by this configuration.',
    labelNames: ['pair', 'site'],
    registers,
  });
  for (const { name: pair, sites, observers = [] } of config.sitePairs) {
    for (const { name: observer } of observers) observerInfo.set({ pair, observer }, 1);
    for (const { name: site, sentinel } of sites) if (sentinel) sentinelInfo.set({ pair, site }, 1);
  }
  const roles = Object.entries({ ...taskQueues(config.temporal.taskQueue) });
  const polling = new Gauge({
    name: 'sitewarden_worker_polling',
    help: '1 while this worker polls the queue; absent for one that it was told not to poll.',
    labelNames: ['queue', 'role'],
    registers,
    collect() {
      polling.reset();
      const states = queues();
      for (const [role, queue] of roles) {
        if (queue in states) polling.set({ role, queue }, states[queue] === 'RUNNING' ? 1 : 0);
      }
    },
  });
}
