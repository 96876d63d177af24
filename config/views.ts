import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { FenceDevice, GatePolicy, Observer, SitePair, WorkloadKind } from '../domain/site-pair';
import { lengthInSeconds } from '../domain/time';
import { isLoopback } from './fields';
import type { GateConfig } from './gates-schema';
import type { SitewardenConfig } from './load';
import type { ObserverConfig } from './observers-schema';
import type { PairConfig, SiteConfig } from './schema';

/**
 * The configuration as it is in force, defaults included, as YAML. Secrets appear as their references;
 * the queries of URLs, which may hold tokens, are left out.
 */
export function effectiveConfig(config: SitewardenConfig): string {
  const cut = (value: unknown) => (typeof value === 'string' ? value.replace(/\?.*/s, '?...') : value);
  const withoutQuery = (key: unknown, value: unknown) => {
    if (key === 'urls' && Array.isArray(value)) return value.map(cut);
    return key === 'health' || key === 'lbCheck' || key === 'url' ? cut(value) : value;
  };
  return stringify(config, withoutQuery, { lineWidth: 0 });
}

/**
 * Tells two versions of a pair's configuration apart (8 hex digits): equal whenever every setting of the pair is equal,
 * however the file is written. It stands in the history beside each assessment.
 * @throws Error when there is no pair of this name.
 */
export function configHash(config: SitewardenConfig, pair: string): string {
  const found = config.sitePairs.find(({ name }) => name === pair);
  if (!found) throw new Error(`The configuration has no pair "${pair}".`);
  return createHash('sha256')
    .update(JSON.stringify(sorted(found)))
    .digest('hex')
    .slice(0, 8);
}

/** What the rules may know of the pair: no address and no secret. */
export function toSitePair(pair: PairConfig): SitePair {
  const [first, second] = pair.sites;
  return {
    name: pair.name,
    mode: pair.mode,
    sites: [first.name, second.name],
    caches: pair.replication.infinispan.caches,
    endpoints: { [first.name]: first.endpoint, [second.name]: second.endpoint },
    workloads: { [first.name]: workloadKind(first), [second.name]: workloadKind(second) },
    ...(pair.sites.every(({ sentinel }) => sentinel?.lock) && { activePassive: true }),
    ...fencingOf(pair),
    ...heuristicsOf(pair),
    ...(pair.placement && { placement: pair.placement }),
    ...(pair.observers && { observers: pair.observers.map(toObserver) }),
    policy: { ...pair.policy, gates: gatePolicies(pair.policy.gates) },
  };
}

const usualWithinSeconds = 30;

/** Without devices Global Accelerator is all there is, and no level is spoken of. */
function fencingOf({ fenceDevices, traffic }: PairConfig): Pick<SitePair, 'fencing'> {
  if (!fenceDevices) return {};
  const { fenceLevel = 1, confirmsWithinSeconds = usualWithinSeconds } = traffic.globalAccelerator;
  const devices = fenceDevices.map(({ name, site, level, manual }): FenceDevice => {
    const of = { name, site, level };
    return manual === undefined ? { ...of, kind: 'agent' } : { ...of, kind: 'manual', instruction: manual };
  });
  return { fencing: { trafficLevel: fenceLevel, trafficWithinSeconds: confirmsWithinSeconds, devices } };
}

function heuristicsOf({ sites }: PairConfig): Pick<SitePair, 'heuristics'> {
  const scored = sites.flatMap(({ name, heuristics }) => {
    if (!heuristics) return [];
    const checks = Object.fromEntries(heuristics.checks.map((check) => [check.name, check.score]));
    return [[name, { minimum: heuristics.minimum, checks }] as const];
  });
  return scored.length > 0 ? { heuristics: Object.fromEntries(scored) } : {};
}

function toObserver({ name, site, votes }: ObserverConfig): Observer {
  return site === undefined ? { name, votes } : { name, site, votes };
}

function workloadKind({ workload }: SiteConfig): WorkloadKind {
  if (typeof workload === 'string') return workload;
  return 'exec' in workload ? 'exec' : 'keycloak';
}

function gatePolicies(gates: PairConfig['policy']['gates']): SitePair['policy']['gates'] {
  return {
    fence: gatePolicy(gates.fence),
    fenceDiverging: gatePolicy(gates.fenceDiverging),
    keepSite: gatePolicy(gates.keepSite),
    synchronize: gatePolicy(gates.synchronize),
    siteOnline: gatePolicy(gates.siteOnline),
    siteOffline: gatePolicy(gates.siteOffline),
    admitStaleSite: gatePolicy(gates.admitStaleSite),
  };
}

function gatePolicy({ expires, remind, ...policy }: GateConfig): GatePolicy {
  return {
    ...policy,
    ...(expires === undefined ? {} : { expiresSeconds: lengthInSeconds(expires) }),
    ...(remind === undefined ? {} : { remindSeconds: lengthInSeconds(remind) }),
  };
}

/** How often the pair is looked through in peace time. */
export function readinessEverySeconds({ readiness }: Pick<SitewardenConfig, 'readiness'>, pair: PairConfig): number {
  return lengthInSeconds(pair.readiness?.every ?? readiness.every) ?? 0;
}

/**
 * Sites one of whose servers is at the host at which Temporal is. This machine's own address is none: what is reached through a
 * tunnel or a proxy beside a process may stand anywhere.
 */
export function sitesBesideTemporal(
  { temporal }: Pick<SitewardenConfig, 'temporal'>,
  { sites }: Pick<PairConfig, 'sites'>,
): string[] {
  const { host } = listenAddress(temporal.address);
  if (isLoopback(temporal.address)) return [];
  return sites.filter((site) => urlsOf(site).some((url) => hostOf(url) === host)).map(({ name }) => name);
}

function urlsOf({ infinispan, health, workload }: SiteConfig): string[] {
  const keycloak = typeof workload !== 'string' && 'keycloak' in workload ? workload.keycloak : undefined;
  return [infinispan.url, health, keycloak?.lbCheck, keycloak?.admin.url].filter((url) => url !== undefined);
}

const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '');

/** Host and port of a `listen` value; brackets around an IPv6 address are taken off. */
export function listenAddress(listen: string): { host: string; port: number } {
  const colon = listen.lastIndexOf(':');
  return { host: listen.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(listen.slice(colon + 1)) };
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
