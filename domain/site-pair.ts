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

/**
 * What the majority of all votes means: it decides, even against the preferred site; or the preferred site comes before it; or
 * nothing is fenced by itself without it.
 */
export type MajorityPolicy = 'decides' | 'advises' | 'required';

export interface QuorumPolicy {
  majority: MajorityPolicy;
  /** How often votes are counted again before a split without a majority is left to the tie-break. */
  retries: number;
  /** Between two counts. */
  waitSeconds: number;
  /** A sighting that is older, or as much ahead, is no vote. */
  staleSeconds: number;
}

/** The scored checks of one site. */
export interface SiteHeuristics {
  /** A site that scores less loses a tie. */
  minimum: number;
  /** By the name of the check: what it adds while it is passed. */
  checks: Readonly<Record<string, number>>;
}

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
  quorum: QuorumPolicy;
}

/** A place from which the pair is looked at beside the worker's own. */
export interface Observer {
  name: string;
  /** The site in which it stands; absent in a third place. A witness in a site shares that site's fate. */
  site?: SiteName;
  /** What it counts in a quorum; 0 looks and does not vote. */
  votes: number;
}

export type DeviceName = string;

/** What cuts a site off beside Global Accelerator: `agent`, a program after the FenceAgentAPI; `manual`, a person who confirms. */
export interface FenceDevice {
  name: DeviceName;
  /** The site that it fences. It must not depend on that site. */
  site: SiteName;
  /** Levels are tried in order; one succeeds only once all that is in it confirms. */
  level: number;
  kind: 'agent' | 'manual';
  /** Of a manual one: what the person has to do. */
  instruction?: string;
}

/** How a site is cut off where Global Accelerator is not all there is. */
export interface Fencing {
  /** Of Global Accelerator. */
  trafficLevel: number;
  /** A level in which Global Accelerator has not confirmed for so long has failed. */
  trafficWithinSeconds: number;
  devices: readonly FenceDevice[];
}

/** `shadow`: the run decides and records what it would have done, and touches nothing. */
export type Mode = 'act' | 'shadow';

/** Our own parts that have to outlive each site. */
export const placedParts = ['worker', 'temporal', 'temporalStore'] as const;
export type PlacedPart = (typeof placedParts)[number];

/** Where they stand, as declared: `outside` both sites, or the name of the one in which; absent where nobody said. */
export type Placement = Readonly<Partial<Record<PlacedPart, string>>>;

/** What the rules need to know of a pair: names and policy, no address and no secret. */
export interface SitePair {
  name: string;
  mode: Mode;
  sites: readonly [SiteName, SiteName];
  caches: readonly CacheName[];
  endpoints: Readonly<Record<SiteName, EndpointSettings>>;
  workloads: Readonly<Record<SiteName, WorkloadKind>>;
  /**
   * Set where each site's application runs only while its own sentinel holds the pair's lock: one site is active, the other one stands
   * by, and no run starts either.
   */
  activePassive?: true;
  /** Absent: the worker's own look is the only one. */
  observers?: readonly Observer[];
  /** Absent: Global Accelerator alone fences. */
  fencing?: Fencing;
  /** Only sites that have scored checks. */
  heuristics?: Readonly<Record<SiteName, SiteHeuristics>>;
  placement?: Placement;
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

/** Whether the application of the site can be told to forget what it holds of the shared database. */
export function canRefresh(pair: Pick<SitePair, 'workloads'>, site: SiteName): boolean {
  return pair.workloads[site] === 'keycloak';
}
