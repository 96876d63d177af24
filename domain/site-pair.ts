export type SiteName = string;
export type CacheName = string;

/**
 * How a site's endpoint stands in an endpoint group.
 * Global Accelerator never returns the attachment, and its defaults differ per load balancer type, so all three are declared.
 */
export interface EndpointSettings {
  /** 0..255, Global Accelerator's own range. */
  weight: number;
  clientIpPreservation: boolean;
  /** Cross-account attachment, where the load balancer lives in another account. */
  attachmentArn?: string;
}

/** Places where a human decides. */
export type Gate =
  'fence' | 'fenceDiverging' | 'keepSite' | 'synchronize' | 'siteOnline' | 'siteOffline' | 'admitStaleSite';

/** Who must approve before a run passes a gate. */
export interface GatePolicy {
  /** How many different people; 0 means that the run goes on by itself. */
  approvals: number;
  /** Only members of these groups may decide; whoever has no proved identity may not. */
  from?: readonly string[];
  /** Whoever asked for the goal may not approve it. */
  notRequester: boolean;
  /** An approval needs a reason. */
  reasonRequired: boolean;
  /** Whether decisions count whose author nobody has proved: typed into the Temporal UI, or sent past the API. */
  unattributed: 'accept' | 'refuse';
  /** After this a question, and every approval of it, is void, and it is asked anew. */
  expiresSeconds?: number;
  /** How often the run says that it still waits. */
  remindSeconds?: number;
}

/**
 * Who stops and starts the application of a site: commands of the configuration (of a Keycloak, which can also be told to
 * refresh what it holds), a person who confirms it, or nobody (then a site counts as quiet once nothing is written to it).
 */
export type WorkloadKind = 'exec' | 'keycloak' | 'manual' | 'none';

/** What a run does when somebody else puts the fenced site back into traffic: remove it again, or ask a person. */
export type ForeignChangePolicy = 'repair' | 'ask';

export interface PairPolicy {
  /** Kept when both sites could be and nothing else decides. Without it, the site that was heard first. */
  preferredSite?: SiteName;
  /** How long both views must be read whole before the link counts as healed. */
  stableSeconds: number;
  gates: Readonly<Record<Gate, GatePolicy>>;
  /** How long a site that came back is watched before the run ends. */
  soakSeconds: number;
  /** How long a site that was added may take to become healthy before it is taken out again. */
  healthyWithinSeconds: number;
  whenPutBack: ForeignChangePolicy;
}

/** `shadow`: the run decides and records what it would have done, and touches nothing. */
export type Mode = 'act' | 'shadow';

/** What the rules need to know of a pair: names and policy, no address and no secret. */
export interface SitePair {
  name: string;
  mode: Mode;
  sites: readonly [SiteName, SiteName];
  caches: readonly CacheName[];
  endpoints: Readonly<Record<SiteName, EndpointSettings>>;
  workloads: Readonly<Record<SiteName, WorkloadKind>>;
  policy: PairPolicy;
}

/** Whether commands of the configuration stop and start the application of this site. */
export function hasCommands(pair: Pick<SitePair, 'workloads'>, site: SiteName): boolean {
  return pair.workloads[site] === 'exec' || pair.workloads[site] === 'keycloak';
}

/** The one site of the pair that is not `site`. */
export function otherSite(pair: Pick<SitePair, 'sites'>, site: SiteName): SiteName {
  return pair.sites[0] === site ? pair.sites[1] : pair.sites[0];
}
