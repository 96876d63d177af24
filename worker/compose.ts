import { readFileSync } from 'node:fs';
import type { ConfiguredPair } from '../activities/dependencies';
import { configHash, toSitePair, type PairConfig, type SitewardenConfig } from '../config';
import { createSiteTagsGateway } from '../gateways/elastic-load-balancing';
import { createGlobalAcceleratorGateway } from '../gateways/global-accelerator';
import { createHealthGateway } from '../gateways/health';
import { createInfinispanGateway } from '../gateways/infinispan';
import type { CredentialSource } from '../gateways/ports';
import { createExecWorkload } from '../gateways/workload';
import type { Closer } from '../runtime/shutdown';

export interface ComposedPairs {
  sitePairs: ReadonlyMap<string, ConfiguredPair>;
  closers: readonly Closer[];
}

/**
 * Makes every configured pair's gateways. The only place that knows both the configuration and the vendors.
 * Opens no connection.
 * @throws Error when a CA file cannot be read, naming it.
 */
export function composePairs(config: SitewardenConfig, credentials: CredentialSource): ComposedPairs {
  const composed = config.sitePairs.map((pair) => composePair(config, pair, credentials));
  return {
    sitePairs: new Map(composed.map(({ configured }) => [configured.pair.name, configured])),
    closers: composed.flatMap(({ closers }) => closers),
  };
}

function composePair(config: SitewardenConfig, pair: PairConfig, source: CredentialSource) {
  const { dnsName, arn, endpointGroups } = pair.traffic.globalAccelerator;
  const [startedAtCache] = pair.replication.infinispan.caches;
  if (startedAtCache === undefined) throw new Error(`${pair.name} names no cache`);
  const loadBalancers = Object.fromEntries(pair.sites.map((site) => [site.name, site.loadBalancer]));
  const traffic = createGlobalAcceleratorGateway({
    accelerator: { dnsName, arn },
    endpointGroupArns: endpointGroups,
    loadBalancers,
    clock: Date.now,
  });
  const siteTags = createSiteTagsGateway({ loadBalancers });
  const replication = pair.sites.map(({ name: site, infinispan }) => {
    const { url, ca, credentials } = infinispan;
    const gateway = createInfinispanGateway({
      site,
      url,
      ca: readCa(ca),
      credentials: { source, reference: credentials.secret },
      startedAtCache,
      clock: Date.now,
    });
    return [site, gateway] as const;
  });
  const health = pair.sites.flatMap(({ name: site, health: url, healthCa }) =>
    url === undefined ? [] : [[site, createHealthGateway({ site, url, ca: readCa(healthCa) })] as const],
  );
  const workload = workloadsOf(pair);
  const configured: ConfiguredPair = {
    pair: toSitePair(pair),
    configHash: configHash(config, pair.name),
    gateways: {
      traffic,
      replication: Object.fromEntries(replication),
      health: Object.fromEntries(health),
      siteTags,
      workload: Object.fromEntries(workload),
    },
  };
  const named = (name: string, gateway: { close(): unknown }): Closer => ({
    name: `${pair.name}: ${name}`,
    close: async () => gateway.close(),
  });
  const closers = [
    named('Global Accelerator', traffic),
    named('Elastic Load Balancing', siteTags),
    ...replication.map(([site, gateway]) => named(`Infinispan of ${site}`, gateway)),
    ...health.map(([site, gateway]) => named(`health of ${site}`, gateway)),
    ...workload.map(([site, gateway]) => named(`commands of ${site}`, gateway)),
  ];
  return { configured, closers };
}

/** Of the sites whose applications are stopped and started by commands. */
function workloadsOf(pair: PairConfig) {
  return pair.sites.flatMap(({ name: site, workload }) => {
    if (typeof workload === 'string') return [];
    const { timeoutSeconds, ...commands } = workload.exec;
    const options = { pair: pair.name, site, commands, timeoutSeconds, environment: process.env };
    return [[site, createExecWorkload(options)] as const];
  });
}

/** @param reference `file:<path>`, made absolute by the configuration. */
function readCa(reference: string | undefined): string | undefined {
  if (reference === undefined) return undefined;
  const path = reference.replace(/^file:/, '');
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error(`The CA file ${path} cannot be read. Put the PEM there, or correct the path.`, { cause });
  }
}
