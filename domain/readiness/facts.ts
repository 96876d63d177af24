import type { Observation, Reading } from '../observation';
import type { CacheName, SiteName, SitePair } from '../site-pair';
import type { DeviceReports } from './devices';
import type { Finding } from './finding';
import type { SiteTag } from './site-tags';
import type { Surroundings } from './surroundings';

/** How a cache is configured on one site, in Infinispan's words (configuration schema). */
export interface CacheConfiguration {
  transactionMode: TransactionMode;
  /** Its backup to the other site; absent where it has none. */
  backup?: {
    strategy: BackupStrategy;
    failurePolicy: BackupFailurePolicy;
    /** When Infinispan takes the other site offline by itself; absent where it never does. */
    takesOffline?: { afterFailures: number; minWaitMs: number };
  };
}

export type TransactionMode = 'NONE' | 'BATCH' | 'NON_XA' | 'NON_DURABLE_XA' | 'FULL_XA';
export type BackupStrategy = 'SYNC' | 'ASYNC';
export type BackupFailurePolicy = 'FAIL' | 'WARN' | 'IGNORE' | 'CUSTOM';

/** What the application of a site says of itself. */
export interface ServerInfo {
  version: string;
  /** The issuer of its tokens: a URL, made from the host name that it was started with. */
  issuer: string;
}

/** What was read of one site for its readiness alone. */
export interface SiteReadiness {
  caches: Reading<Readonly<Record<CacheName, CacheConfiguration | 'absent'>>>;
  /** `NotObserved` of an application that is none to ask. */
  server: Reading<ServerInfo>;
}

/** What was read of the pair itself; what could not be read stands in it as unknown. */
export interface LookFacts {
  /** With the observers' sightings, where the pair has any. */
  observation: Observation;
  sites: Readonly<Record<SiteName, SiteReadiness>>;
  siteTags: Readonly<Record<SiteName, SiteTag>>;
  devices: DeviceReports;
}

/** Everything that was read to assess the readiness of a pair. */
export interface ReadinessFacts extends LookFacts {
  surroundings: Surroundings;
}

/** Of something that this pair does not have. */
export interface NotLookedAt {
  notLookedAt: string;
}

/** Pure: what one check makes of the facts. What could not be read is a finding too. */
export type ReadinessRule = (pair: SitePair, facts: ReadinessFacts) => readonly Finding[] | NotLookedAt;
