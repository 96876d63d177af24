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

/** How many people must approve before a run passes a gate; 0 means it goes on by itself. */
export interface GatePolicy {
  approvals: number;
}

/** What a run does when somebody else puts the fenced site back into traffic: remove it again, or ask a person. */
export type ForeignChangePolicy = 'repair' | 'ask';

export interface PairPolicy {
  /** Kept when both sites could be and nothing else decides. Without it, the site that was heard first. */
  preferredSite?: SiteName;
  /** How long both views must be read whole before the link counts as healed. */
  stableSeconds: number;
  gates: { fence: GatePolicy };
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
  policy: PairPolicy;
}

/** The one site of the pair that is not `site`. */
export function otherSite(pair: Pick<SitePair, 'sites'>, site: SiteName): SiteName {
  return pair.sites[0] === site ? pair.sites[1] : pair.sites[0];
}
