import type { Gate, GatePolicy, QuorumPolicy } from '../../domain/site-pair';

/** A gate's policy as it is when the configuration says nothing of it. */
export function gatePolicy(part: Partial<GatePolicy> = {}): GatePolicy {
  return { approvals: 1, notRequester: false, reasonRequired: true, unattributed: 'accept', ...part };
}

const byItself = gatePolicy({ approvals: 0 });

/** Every gate as it is when the configuration says nothing of it, with what is said of some. */
export function gatePolicies(
  said: Partial<Record<Gate, Partial<GatePolicy>>> = {},
): Readonly<Record<Gate, GatePolicy>> {
  const usual: Readonly<Record<Gate, GatePolicy>> = {
    fence: byItself,
    fenceDiverging: byItself,
    keepSite: gatePolicy(),
    synchronize: gatePolicy(),
    siteOnline: gatePolicy(),
    siteOffline: byItself,
    admitStaleSite: gatePolicy(),
  };
  const changed = Object.entries(usual).map(([gate, policy]) => [gate, { ...policy, ...said[gate as Gate] }] as const);
  return Object.fromEntries(changed) as Record<Gate, GatePolicy>;
}

/** How votes count when the configuration says nothing of it. */
export function quorumPolicy({ majority = 'decides' }: Partial<QuorumPolicy> = {}): QuorumPolicy {
  return { majority, retries: 3, waitSeconds: 2, staleSeconds: 10 };
}
