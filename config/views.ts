import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { GatePolicy, SitePair, WorkloadKind } from '../domain/site-pair';
import { lengthInSeconds } from '../domain/time';
import type { GateConfig } from './gates-schema';
import type { SitewardenConfig } from './load';
import type { PairConfig, SiteConfig } from './schema';

/**
 * The configuration as it is in force, defaults included, as YAML. Secrets appear as their references;
 * the queries of health URLs, which may hold tokens, are left out.
 */
export function effectiveConfig(config: SitewardenConfig): string {
  const withoutQuery = (key: unknown, value: unknown) =>
    (key === 'health' || key === 'lbCheck') && typeof value === 'string' ? value.replace(/\?.*/s, '?...') : value;
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
    policy: { ...pair.policy, gates: gatePolicies(pair.policy.gates) },
  };
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
