import { readFileSync } from 'node:fs';
import type { ConfiguredPair } from '../activities/dependencies';
import {
  configHash,
  sitesBesideTemporal,
  toSitePair,
  workloadCommands,
  type CheckConfig,
  type PairConfig,
  type SiteConfig,
  type SitewardenConfig,
} from '../config';
import { createAlertmanagerGateway } from '../gateways/alertmanager';
import { createSiteTagsGateway } from '../gateways/elastic-load-balancing';
import { createFenceAgent } from '../gateways/fence-agent';
import { createGlobalAcceleratorGateway } from '../gateways/global-accelerator';
import { createHealthGateway } from '../gateways/health';
import { createHealthClock } from '../gateways/health/clock';
import { createHeuristicsGateway } from '../gateways/heuristics';
import type { CheckKind } from '../gateways/heuristics/attempts';
import { createInfinispanGateway } from '../gateways/infinispan';
import { createKeycloakWorkload } from '../gateways/keycloak';
import { openLocks } from '../gateways/lock';
import { createObserverGateway, type AskingTemporal } from '../gateways/observer';
import type { LockManager, PairGateways, WorkloadGateway } from '../gateways/ports';
import type { CredentialSource } from '../gateways/secret-ports';
import { createExecWorkload } from '../gateways/workload';
import type { Closer } from '../runtime/shutdown';
import { observerQueue } from '../workflows/contract/task-queues';

export interface ComposedPairs {
  sitePairs: ReadonlyMap<string, ConfiguredPair>;
  closers: readonly Closer[];
}

/**
 * Makes every configured pair's gateways. The only place that knows both the configuration and the vendors.
 * Opens no connection.
 * @param temporal Where observers are asked; without it nobody can ask them.
 * @throws Error when a CA file cannot be read, naming it.
 */
export function composePairs(
  config: SitewardenConfig,
  credentials: CredentialSource,
  temporal?: AskingTemporal,
): ComposedPairs {
  const composed = config.sitePairs.map((pair) => composePair({ config, pair, source: credentials, temporal }));
  const usesLocks = config.sitePairs.some(({ outerLock }) => outerLock);
  const locks = config.lock && usesLocks ? openLocks(config.lock, { source: credentials, readPem: readCa }) : undefined;
  const locked = composed.map(({ configured }, index) => withOuterLock(configured, config.sitePairs[index], locks));
  return {
    sitePairs: new Map(locked.map((configured) => [configured.pair.name, configured])),
    closers: [
      ...composed.flatMap(({ closers }) => closers),
      ...(locks ? [{ name: 'locks', close: () => locks.close() }] : []),
    ],
  };
}

interface Composing {
  config: SitewardenConfig;
  pair: PairConfig;
  source: CredentialSource;
  temporal?: AskingTemporal;
}

function composePair({ config, pair, source, temporal }: Composing) {
  const loadBalancers = loadBalancersOf(pair);
  const traffic = trafficGateway(pair);
  const siteTags = createSiteTagsGateway({ loadBalancers });
  const { replication, health } = siteGateways(pair, source);
  const commands = pair.sites.flatMap((site) => commandsOf(pair, site));
  const keycloaks = pair.sites.flatMap((site) => keycloakOf(site, Object.fromEntries(commands), source));
  const heuristics = pair.sites.flatMap((site) => heuristicsOf(pair, site));
  const devices = agentsOf(pair, source);
  const clocks = pair.sites.flatMap(clockOf);
  const alertmanagers = alertmanagersOf(config, pair, source);
  const configured: ConfiguredPair = {
    pair: toSitePair(pair),
    configHash: configHash(config, pair.name),
    besideTemporal: sitesBesideTemporal(config, pair),
    gateways: {
      traffic,
      replication: Object.fromEntries(replication),
      health: Object.fromEntries(health),
      siteTags,
      workload: Object.fromEntries<WorkloadGateway>([...commands, ...keycloaks]),
      clocks: { AWS: traffic.clock, ...Object.fromEntries(clocks) },
      ...(alertmanagers.length > 0 && { alertmanagers: Object.fromEntries(alertmanagers) }),
      ...(heuristics.length > 0 && { heuristics: Object.fromEntries(heuristics) }),
      ...(devices.length > 0 && { devices: Object.fromEntries(devices) }),
      ...(temporal && pair.observers && { observers: observersOf(pair, temporal) }),
    },
  };
  const named = closerOf(pair);
  const closers = [
    named('Global Accelerator', traffic),
    named('Elastic Load Balancing', siteTags),
    ...replication.map(([site, gateway]) => named(`Infinispan of ${site}`, gateway)),
    ...health.map(([site, gateway]) => named(`health of ${site}`, gateway)),
    ...commands.map(([site, gateway]) => named(`commands of ${site}`, gateway)),
    ...keycloaks.map(([site, gateway]) => named(`Keycloak of ${site}`, gateway)),
    ...heuristics.map(([site, gateway]) => named(`checks of ${site}`, gateway)),
    ...clocks.map(([site, gateway]) => named(`clock of ${site}`, gateway)),
    ...alertmanagers.map(([url, gateway]) => named(`Alertmanager ${url}`, gateway)),
    ...devices.map(([device, gateway]) => named(`fence device ${device}`, gateway)),
  ];
  return { configured, closers };
}

export function closerOf({ name: pair }: PairConfig) {
  return (name: string, gateway: { close(): unknown }): Closer => ({
    name: `${pair}: ${name}`,
    close: async () => gateway.close(),
  });
}

export function trafficGateway(pair: PairConfig) {
  const { dnsName, arn, endpointGroups } = pair.traffic.globalAccelerator;
  return createGlobalAcceleratorGateway({
    accelerator: { dnsName, arn },
    endpointGroupArns: endpointGroups,
    loadBalancers: loadBalancersOf(pair),
    clock: Date.now,
  });
}

function loadBalancersOf({ sites }: PairConfig): Record<string, string> {
  return Object.fromEntries(sites.map((site) => [site.name, site.loadBalancer]));
}

/** What both a worker and an observer ask of a pair's sites. */
export function siteGateways(pair: PairConfig, source: CredentialSource) {
  const [startedAtCache] = pair.replication.infinispan.caches;
  if (startedAtCache === undefined) throw new Error(`${pair.name} names no cache`);
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
  return { replication, health };
}

/** By what a site's health URL tells of its time. */
function clockOf(site: SiteConfig) {
  const { url, ca } = healthUrlOf(site);
  return url === undefined ? [] : [[site.name, createHealthClock({ site: site.name, url, ca: readCa(ca) })] as const];
}

/** Those of the installation, each asked where it would send the alerts of this pair. */
function alertmanagersOf({ readiness }: SitewardenConfig, pair: PairConfig, source: CredentialSource) {
  const { sites } = toSitePair(pair);
  const { dnsName: accelerator } = pair.traffic.globalAccelerator;
  return readiness.alertmanagers.map(({ url, ca, credentials, receiver, notifying }) => {
    const gateway = createAlertmanagerGateway({
      ...{ url, ca: readCa(ca), receiver, notifying },
      ...(credentials && { credentials: { source, reference: credentials.secret } }),
      pair: { sites, accelerator },
    });
    return [url, gateway] as const;
  });
}

function observersOf(pair: PairConfig, temporal: AskingTemporal): PairGateways['observers'] {
  const { sites } = toSitePair(pair);
  const asked = (pair.observers ?? []).map(({ name }) => {
    const to = { observer: name, taskQueue: observerQueue(name), pair: pair.name, sites };
    return [name, createObserverGateway({ ...to, temporal, clock: Date.now })] as const;
  });
  return Object.fromEntries(asked);
}

function withOuterLock(configured: ConfiguredPair, pair: PairConfig | undefined, locks: LockManager | undefined) {
  if (!locks || !pair?.outerLock) return configured;
  return { ...configured, outerLock: { locks, name: `sitewarden/${pair.name}/run`, ...pair.outerLock } };
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

/** Of the pair's fence devices those that an agent drives. */
function agentsOf({ name: pair, fenceDevices = [] }: PairConfig, credentials: CredentialSource) {
  return fenceDevices.flatMap(({ name: device, site, agent }) => {
    if (!agent) return [];
    const { program, parameters, timeoutSeconds } = agent;
    const secrets = Object.fromEntries(Object.entries(agent.secrets).map(([key, { secret }]) => [key, secret]));
    const options = { pair, device, site, program, parameters, secrets, credentials, timeoutSeconds };
    return [[device, createFenceAgent({ ...options, environment: process.env, clock: Date.now })] as const];
  });
}

/** The scored checks of a site, where it has any. */
function heuristicsOf({ name: pair }: PairConfig, { name: site, heuristics }: SiteConfig) {
  if (!heuristics) return [];
  const checks = heuristics.checks.map(({ name, intervalSeconds, tko, ...check }) => ({
    name,
    kind: checkKind(check),
    intervalSeconds,
    tko,
  }));
  return [[site, createHeuristicsGateway({ pair, site, checks, environment: process.env, clock: Date.now })] as const];
}

function checkKind({ command, url, ca, tcp }: Pick<CheckConfig, 'command' | 'url' | 'ca' | 'tcp'>): CheckKind {
  if (command) return { command };
  if (url !== undefined) return { url, ca: readCa(ca) };
  if (tcp !== undefined) return { tcp };
  throw new Error('a check says nothing of what is checked');
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
export function readCa(reference: string | undefined): string | undefined {
  if (reference === undefined) return undefined;
  const path = reference.replace(/^file:/, '');
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Error(`The CA file ${path} cannot be read. Put the PEM there, or correct the path.`, { cause });
  }
}
