import type { FailureType } from './failure-types';
import type { HeuristicReadings } from './heuristics';
import type { Sightings } from './sighting';
import type { CacheName, DeviceName, SiteName } from './site-pair';
import type { EpochMs } from './time';

/** One fact as it was read, or the reason why it is not known. Unknown is never taken for any value. */
export type Reading<T> = { value: T; at: EpochMs } | { unknown: FailureType; at: EpochMs };

/** Global Accelerator's words (API reference, EndpointDescription.HealthState). */
export type EndpointHealth = 'INITIAL' | 'HEALTHY' | 'UNHEALTHY';
export type AcceleratorStatus = 'DEPLOYED' | 'IN_PROGRESS';

export interface Endpoint {
  /** The site whose load balancer this is; absent for an endpoint that belongs to neither. */
  site?: SiteName;
  endpointId: string;
  weight: number;
  health: EndpointHealth;
  clientIpPreservation: boolean;
}

export interface EndpointGroup {
  arn: string;
  region: string;
  /** Traffic dial, 0..100 percent. */
  dial: number;
  endpoints: readonly Endpoint[];
}

/** Status of a backup location for one cache (Infinispan REST: x-site backups). */
export type BackupStatus = 'online' | 'offline' | 'mixed' | 'failed';

export interface SiteView {
  localSite: SiteName;
  /** Sites that this one sees, itself included (RELAY2 view). */
  sitesView: readonly SiteName[];
  members: readonly string[];
}

/** Status of a push of one cache's entries to the other site (Infinispan REST: push-state-status). */
export type PushStatus = 'IDLE' | 'SENDING' | 'OK' | 'ERROR' | 'CANCELED';

/** Health of one site's cluster (Infinispan REST: container health). */
export type ClusterHealth = 'HEALTHY' | 'HEALTHY_REBALANCING' | 'DEGRADED' | 'FAILED';

/** What a workload driver says of the site's application. */
export type ApplicationState = 'running' | 'stopped';

/** What a fence device says of the site that it fences. */
export type DeviceState = 'on' | 'off';

export interface SiteObservation {
  view: Reading<SiteView>;
  /** When the caches of this site started; a later value than before means a restart, and empty caches. */
  startedAt: Reading<EpochMs>;
  /** Per cache that has one: status of the backup to the *other* site. Reading it needs the ADMIN permission. */
  backups: Reading<Readonly<Record<CacheName, BackupStatus>>>;
  sizes: Reading<Readonly<Record<CacheName, number>>>;
  /** This and the next three are read once roles are latched, or a site is to be brought back; `NotObserved` before. */
  cluster: Reading<ClusterHealth>;
  /** Per cache that has a backup: status of this site's last push to the *other* site. */
  pushes: Reading<Readonly<Record<CacheName, PushStatus>>>;
  /** Entries stored by this site's caches since they started, local and replicated; still means that nobody writes. */
  stores: Reading<number>;
  /** `NotObserved` where no driver can tell. */
  application: Reading<ApplicationState>;
  /** HTTP status of the site's health URL. Advisory: it stays 200 in a split. */
  health: Reading<number>;
}

export interface Observation {
  at: EpochMs;
  tookMs: number;
  traffic: {
    status: Reading<AcceleratorStatus>;
    groups: Reading<readonly EndpointGroup[]>;
  };
  sites: Readonly<Record<SiteName, SiteObservation>>;
  /** What the fence devices say that a fence rests on, or may; absent where none was asked. */
  devices?: Readonly<Record<DeviceName, Reading<DeviceState>>>;
  /** What the pair's observers saw; absent of a pair without observers. */
  sightings?: Sightings;
  /** The sites' scored checks; absent of a pair without any. */
  heuristics?: HeuristicReadings;
}

export function known<T>(reading: Reading<T>): reading is { value: T; at: EpochMs } {
  return 'value' in reading;
}

export function valueOf<T>(reading: Reading<T>): T | undefined {
  return known(reading) ? reading.value : undefined;
}

/** The same reading of something else; unknown stays unknown. */
export function mapReading<T, U>(reading: Reading<T>, map: (value: T) => U): Reading<U> {
  return known(reading) ? { value: map(reading.value), at: reading.at } : reading;
}

type LeafValue<R> = Extract<R, { value: unknown }>['value'];

/** One leaf of one site, if it was read. */
export function readAt<Leaf extends keyof SiteObservation>(
  observation: Observation,
  site: SiteName,
  leaf: Leaf,
): LeafValue<SiteObservation[Leaf]> | undefined {
  const reading = observation.sites[site]?.[leaf] as Reading<LeafValue<SiteObservation[Leaf]>> | undefined;
  return reading && valueOf(reading);
}
