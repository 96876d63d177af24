import { readFileSync } from 'node:fs';
import type { ConfiguredPair } from '../activities/dependencies';
import {
  configHash,
  toSitePair,
  workloadCommands,
  type PairConfig,
  type SiteConfig,
  type SitewardenConfig,
} from '../config';
import { createSiteTagsGateway } from '../gateways/elastic-load-balancing';
import { createGlobalAcceleratorGateway } from '../gateways/global-accelerator';
import { createHealthGateway } from '../gateways/health';
import { createInfinispanGateway } from '../gateways/infinispan';
import { createKeycloakWorkload } from '../gateways/keycloak';
import type { CredentialSource, WorkloadGateway } from '../gateways/ports';
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
  const health = pair.sites.flatMap((site) => {
    const { url, ca } = healthUrlOf(site);
    return url === undefined
      ? []
      : [[site.name, createHealthGateway({ site: site.name, url, ca: readCa(ca) })] as const];
  });
  const commands = pair.sites.flatMap((site) => commandsOf(pair, site));
  const keycloaks = pair.sites.flatMap((site) => keycloakOf(site, Object.fromEntries(commands), source));
  const configured: ConfiguredPair = {
    pair: toSitePair(pair),
    configHash: configHash(config, pair.name),
    gateways: {
      traffic,
      replication: Object.fromEntries(replication),
      health: Object.fromEntries(health),
      siteTags,
      workload: Object.fromEntries<WorkloadGateway>([...commands, ...keycloaks]),
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
    ...commands.map(([site, gateway]) => named(`commands of ${site}`, gateway)),
    ...keycloaks.map(([site, gateway]) => named(`Keycloak of ${site}`, gateway)),
  ];
  return { configured, closers };
}

/** Of a Keycloak its own check, unless another URL is configured. */
function healthUrlOf({ health, healthCa, workload }: SiteConfig): { url?: string; ca?: string } {
  if (health !== undefined || typeof workload === 'string' || !('keycloak' in workload)) {
    return { url: health, ca: healthCa };
  }
  const { lbCheck, ca } = workload.keycloak;
  return { url: lbCheck, ca };
}

/** Where the application is stopped and started by commands. */
function commandsOf({ name: pair }: PairConfig, { name: site, workload }: SiteConfig) {
  const configured = workloadCommands(workload);
  if (!configured) return [];
  const { stop, start, status, timeoutSeconds } = configured;
  const options = { pair, site, commands: { stop, start, status }, timeoutSeconds, environment: process.env };
  return [[site, createExecWorkload(options)] as const];
}

/** Where that application is a Keycloak. */
function keycloakOf(
  { name: site, workload }: SiteConfig,
  commands: Readonly<Record<string, WorkloadGateway>>,
  source: CredentialSource,
) {
  const stopAndStart = commands[site];
  if (typeof workload === 'string' || !('keycloak' in workload) || !stopAndStart) return [];
  const { lbCheck, admin, ca: reference } = workload.keycloak;
  const { url, realm, clientId, secret } = admin;
  const ca = readCa(reference);
  const gateway = createKeycloakWorkload({
    commands: stopAndStart,
    lbCheck: { site, url: lbCheck, ca },
    admin: { site, url, ca, realm, clientId, secret: { source, reference: secret } },
  });
  return [[site, gateway] as const];
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
