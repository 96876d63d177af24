import type { PairConfig, SiteConfig, SitewardenConfig } from '../config';

/** References to all that a worker presents in an incident: held beforehand, since the incident may take the secret store away too. */
export function secretsOf({ sitePairs, lock }: SitewardenConfig): string[] {
  const usesLocks = sitePairs.some(({ outerLock }) => outerLock);
  const locks = usesLocks && lock?.etcd?.credentials ? [lock.etcd.credentials.secret] : [];
  return [...locks, ...sitePairs.flatMap((pair) => [...pair.sites.flatMap(siteSecrets), ...deviceSecrets(pair)])];
}

function siteSecrets({ infinispan, workload }: SiteConfig): string[] {
  const keycloak = typeof workload !== 'string' && 'keycloak' in workload ? [workload.keycloak.admin.secret] : [];
  return [infinispan.credentials.secret, ...keycloak];
}

function deviceSecrets({ fenceDevices = [] }: PairConfig): string[] {
  return fenceDevices.flatMap(({ agent }) => Object.values(agent?.secrets ?? {}).map(({ secret }) => secret));
}
