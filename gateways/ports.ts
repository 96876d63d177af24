/**
 * What Sitewarden asks of the outside world. One method is one call (or one set of reads) to one system; nothing
 * here decides. Every method fails with an `OperatingFailure` from domain/failure-types and with nothing else.
 * A read that is not finished within its signal's time fails: silence is never an answer.
 */
import type { NetworkProbe } from '../domain/isolation';
import type {
  AcceleratorStatus,
  ApplicationState,
  BackupStatus,
  ClusterHealth,
  DeviceState,
  EndpointGroup,
  PushStatus,
  Reading,
  SiteView,
} from '../domain/observation';
import type { HeuristicState } from '../domain/heuristics';
import type { CacheConfiguration, ServerInfo } from '../domain/readiness/facts';
import type { AlertRoutes, BridgeSettings } from '../domain/readiness/surroundings';
import type { ObserverName, Sighting } from '../domain/sighting';
import type { CacheName, DeviceName, EndpointSettings, SiteName } from '../domain/site-pair';
import type { SiteTag } from '../domain/readiness/site-tags';
import type { FenceKnowledge, SentinelNote } from '../domain/sentinel';
import type { EpochMs } from '../domain/time';

/** A mutating call on behalf of one command of one run. */
export interface Sending {
  /** `<incident>/<epoch>/<round>`; goes out in the User-Agent, so that CloudTrail and server logs name the command. */
  commandId: string;
  /** Ends the call when the attempt's time is up. */
  signal: AbortSignal;
}

/** The traffic director in front of the pair (Global Accelerator). */
export interface TrafficGateway {
  readStatus(signal: AbortSignal): Promise<AcceleratorStatus>;
  /** Every endpoint group, of every listener, that belongs to the pair; each with all its endpoints as they are now. */
  readGroups(signal: AbortSignal): Promise<readonly EndpointGroup[]>;
  /** One group, read now. */
  readGroup(groupArn: string, signal: AbortSignal): Promise<EndpointGroup>;
  /** RemoveEndpoints with this one endpoint. Absent already is success; only a later read proves anything. */
  removeEndpoint(target: { groupArn: string; site: SiteName }, sending: Sending): Promise<void>;
  /** AddEndpoints with this one endpoint. Present already is success; only a later read proves anything. */
  addEndpoint(
    target: { groupArn: string; site: SiteName; settings: EndpointSettings },
    sending: Sending,
  ): Promise<void>;
}

/** One site's own view of the replication between the two (its Infinispan). */
export interface ReplicationGateway {
  /** Fails with `InfinispanAnswersAsAnotherSite` when the server is not of the configured site. */
  readView(signal: AbortSignal): Promise<SiteView>;
  /** When this site's caches were started, from `time_since_start` of their statistics. */
  readStartedAt(signal: AbortSignal): Promise<EpochMs>;
  /** Status of the backup to `backupSite`, for every cache that has one. Needs ADMIN. Empty means: no cache has one. */
  readBackups(backupSite: SiteName, signal: AbortSignal): Promise<Readonly<Record<CacheName, BackupStatus>>>;
  readSizes(caches: readonly CacheName[], signal: AbortSignal): Promise<Readonly<Record<CacheName, number>>>;
  readCluster(signal: AbortSignal): Promise<ClusterHealth>;
  /** Status of the last push to `backupSite`, for every cache named. */
  readPushes(
    backupSite: SiteName,
    caches: readonly CacheName[],
    signal: AbortSignal,
  ): Promise<Readonly<Record<CacheName, PushStatus>>>;
  /**
   * How these caches are configured, with their backup to `backupSite`; `absent` for one that this site does not have.
   * For `sitewarden observe` alone: no run and no command asks it. Needs ADMIN, as the backups do.
   */
  readCacheConfigurations(
    backupSite: SiteName,
    caches: readonly CacheName[],
    signal: AbortSignal,
  ): Promise<Readonly<Record<CacheName, CacheConfiguration | 'absent'>>>;
  /** How the bridge to the other site treats what it cannot deliver, by the stacks that this site's server has in force. For readiness alone. */
  readBridge(signal: AbortSignal): Promise<BridgeSettings>;
  /** The sum of `stores` of these caches' statistics. */
  readStores(caches: readonly CacheName[], signal: AbortSignal): Promise<number>;
  /** Every entry of one cache as digests, streamed; never the whole cache in memory. Equal content gives equal digests on both sites. */
  readEntryDigests(cache: CacheName, signal: AbortSignal): AsyncIterable<EntryDigest>;
  /**
   * The same for a cache whose entries the server cannot all put into words: one by one, as they are stored. Slower, and all keys
   * are held in memory. The digests of the two methods say nothing of each other.
   */
  readStoredDigests(cache: CacheName, signal: AbortSignal): AsyncIterable<EntryDigest>;
  /**
   * Takes `backupSite` offline for all caches of this site: afterwards this site no longer sends to it.
   * Purely local to this site and repeatable. Succeeds only when every cache answered "ok".
   * @returns the caches that answered.
   */
  takeBackupOffline(backupSite: SiteName, sending: Sending): Promise<readonly CacheName[]>;
  /** The reverse, as local and as repeatable; transfers nothing. */
  bringBackupOnline(backupSite: SiteName, sending: Sending): Promise<readonly CacheName[]>;
  /** Ends what this site still receives from `fromSite`. Nothing to end is success. */
  cancelReceive(fromSite: SiteName, caches: readonly CacheName[], sending: Sending): Promise<void>;
  /**
   * Clears one cache on this site and on no other (SKIP_XSITE_BACKUP), after reading once more, immediately before, that the
   * server is of this site and has `keepSite` offline for this cache; else fails with `KeepSiteStillOnline`.
   */
  clearCache(cache: CacheName, keepSite: SiteName, sending: Sending): Promise<void>;
  /** Cancels pushes to `backupSite`. Succeeds when each of them reads as not SENDING afterwards. */
  cancelPush(backupSite: SiteName, caches: readonly CacheName[], sending: Sending): Promise<void>;
  /**
   * Clears the status of the last push, reads it IDLE, then starts to push one cache. Side effect: its backup is online then.
   * Fails with `PushUnderWay` when one is being sent. A start that is refused leaves no push that reads SENDING.
   */
  startPush(backupSite: SiteName, cache: CacheName, sending: Sending): Promise<void>;
}

/** One entry: digests (32 hex digits each) of its key and of its value, types included, expiry times not. */
export interface EntryDigest {
  key: string;
  value: string;
  /** It has a lifespan or an idle time. */
  expires?: boolean;
  /** When it was stored on this site, by its server's clock; told of entries with a lifespan only. */
  created?: EpochMs;
}

/** Stops and starts the application of one site, by the commands of the configuration. */
export interface WorkloadGateway {
  /** `stopped` only where it is proved. Fails with `NotObserved` where nothing can tell. */
  readState(signal: AbortSignal): Promise<ApplicationState>;
  /** @returns the last lines of what the command printed. Stopped already is success. */
  stop(sending: Sending): Promise<string>;
  /** @returns the last lines of what the command printed. Running already is success. */
  start(sending: Sending): Promise<string>;
  /**
   * Makes the running application of this site forget what it holds of the shared database, so that it reads it anew: what the
   * other site changed while the two did not hear of each other. Only where the application can be told to.
   * Harmless and repeatable at any time: it costs reads. Succeeds only when every part of it was answered as done.
   * @returns what was forgotten, in one line.
   */
  refresh?(sending: Sending): Promise<string>;
  /** What the application says of itself, held against the other site's by `sitewarden observe`; no run asks it. */
  readServerInfo?(signal: AbortSignal): Promise<ServerInfo>;
}

/** Somebody's clock. Asked for readiness alone; fails with `NotObserved` where the answer tells no time. */
export interface ClockGateway {
  /** What it says now; the true time lies within `resolutionMs` after `theirs`. */
  readTime(signal: AbortSignal): Promise<{ theirs: EpochMs; resolutionMs: number }>;
}

/** An Alertmanager that should tell Sitewarden of lost sites. Asked for readiness alone. */
export interface AlertmanagerGateway {
  /** Where alerts of this pair would go, by the configuration that it runs. What it cannot be sure of counts as going there. */
  readRoutes(signal: AbortSignal): Promise<AlertRoutes>;
}

/** What Temporal itself tells beside runs. Asked for readiness alone. */
export interface TemporalServerGateway {
  /** When the watchdog of this site's view was last kept; `never` as far back as Temporal remembers. */
  readAlertPath(pair: string, reporter: SiteName, signal: AbortSignal): Promise<EpochMs | 'never'>;
  /** For how long it keeps what is over. */
  readRetentionSeconds(signal: AbortSignal): Promise<number>;
}

/** What cuts one site off beside the traffic director: a program that drives it. Nothing it does counts before it says so itself. */
export interface FenceDeviceGateway {
  /** The site that it fences. */
  readonly site: SiteName;
  /** What the device says of the site, and when it was asked: a device may take longer to say so than a caller waits. */
  readState(signal: AbortSignal): Promise<{ state: DeviceState; at: EpochMs }>;
  /** Resolves only once the device says `off`; a time-out is a failure. Off already is success. */
  off(sending: Sending): Promise<string>;
  /** Resolves only once the device says `on`; a time-out is a failure. On already is success. */
  on(sending: Sending): Promise<string>;
  /** For `sitewarden observe` and `devices`: whether it could do its work, and what is wrong with its configuration. Changes nothing. */
  check(signal: AbortSignal): Promise<DeviceCheck>;
}

/** What a device says of itself in peace time. */
export interface DeviceCheck {
  /** What is wrong with its configuration, by its own metadata and its own validation; one sentence each. */
  faults: readonly string[];
  /** In one line, whatever it printed. */
  said: string;
}

/** A site's health URL, as its load balancer would ask it. */
export interface HealthGateway {
  /** @returns the HTTP status; a redirect is returned as it is, never followed. */
  probe(signal: AbortSignal): Promise<number>;
}

/** The scored checks of one site. They are tried by themselves, at all times; see domain/heuristics.ts. */
export interface HeuristicsGateway {
  /**
   * How each check stands, by name, dated by its last attempt. Begins to try them where that was not begun, and then waits for the
   * first attempts as long as the signal allows. Never fails: what is not known, or too old, is unknown.
   */
  read(signal: AbortSignal): Promise<Readonly<Record<string, Reading<HeuristicState>>>>;
}

/** The network around a site, as it is asked from inside. */
export interface NetworkGateway {
  /** One round: every configured target at once, each bounded by the configured time-out. Never fails; empty where none is configured. */
  probe(signal: AbortSignal): Promise<readonly NetworkProbe[]>;
  /** Why probes cannot be carried out here, one sentence each with what to do; empty when all can. */
  readObstacles(signal: AbortSignal): Promise<readonly string[]>;
}

/**
 * A store of locks that many processes share. Each lock is held under a lease: whoever does not renew it in time has lost it.
 * The time of a lease counts, for its holder, from the moment *before* it was asked for or renewed.
 * Methods fail with `LockUnavailable` when the store cannot be asked, or does not answer in time: then nothing is known.
 */
export interface LockManager {
  /**
   * One try, which never waits. Held already under the same `owner` it is held on: its lease is renewed, its token stays.
   * @returns the lease, or by whom the lock is held.
   */
  tryAcquire(ask: LockAsk, signal: AbortSignal): Promise<{ lease: LockLease } | { heldBy: string }>;
  /** Begins the lease's time anew. Fails with `LockLost` when the lock is no longer held under it. */
  renew(lease: LockLease, signal: AbortSignal): Promise<void>;
  /** Asks the store now. Fails with `LockLost` when the lock is no longer held under this lease. */
  assertHeld(lease: LockLease, signal: AbortSignal): Promise<void>;
  /** Frees the lock for others at once. Lost already is success. */
  release(lease: LockLease, signal: AbortSignal): Promise<void>;
  /** Whether the store answers now, and lets us read the lock of this name, whoever holds it. Takes and changes nothing. */
  check(name: string, signal: AbortSignal): Promise<void>;
}

export interface LockAsk {
  /** As in `sitewarden/<pair>/active`. */
  name: string;
  /** Who holds it, as others are told. Two that may not hold it together must never have the same. */
  owner: string;
  leaseSeconds: number;
}

export interface LockLease extends LockAsk {
  /** Greater than every token of this lock before: a resource that remembers it can refuse whoever held the lock earlier. */
  token: number;
  /** What the store knows the lease by. */
  id: string;
}

/** What a sentinel asks of Temporal about its site, and what it leaves there. */
export interface RunKnowledge {
  /** Whether the site was fenced, as far as Temporal and a worker can tell. Never fails: silence is `nothing`. */
  readFence(site: SiteName): Promise<FenceKnowledge>;
  /** Leaves a note with the pair's open run, for `explain`; `noRun` where there is none. Fails where Temporal does not answer. */
  tell(note: SentinelNote): Promise<'told' | 'noRun'>;
}

/**
 * What the load balancers say of themselves, held against the configuration by `sitewarden observe`.
 * No fence asks it: the region that it lives in may be the one that fails.
 */
export interface SiteTagsGateway {
  /** By configured site: the tag `site` of its load balancer. Never fails: what was not told is unknown, and why. */
  readSiteTags(signal: AbortSignal): Promise<Readonly<Record<SiteName, SiteTag>>>;
}

/** A place from which somebody else looks at the pair. */
export interface ObserverGateway {
  /**
   * What it sees now. A sighting that was not made for this question, or says nothing of one of the two sites, is none: then it
   * fails, as it does where nobody answers.
   */
  see(signal: AbortSignal): Promise<Sighting>;
}

/** All that is asked on behalf of one pair. */
export interface PairGateways {
  traffic: TrafficGateway;
  replication: Readonly<Record<SiteName, ReplicationGateway>>;
  /** Only for sites whose configuration names a health URL. */
  health: Readonly<Record<SiteName, HealthGateway>>;
  siteTags: SiteTagsGateway;
  /** Only for sites whose configuration has commands for their application. */
  workload: Readonly<Record<SiteName, WorkloadGateway>>;
  /** Of the pair's fence devices those that a program drives; absent of a pair without any. */
  devices?: Readonly<Record<DeviceName, FenceDeviceGateway>>;
  /** Only for sites whose configuration has scored checks; absent of a pair without any. */
  heuristics?: Readonly<Record<SiteName, HeuristicsGateway>>;
  /** Absent of a pair without observers, and where nobody can be asked. */
  observers?: Readonly<Record<ObserverName, ObserverGateway>>;
  /** By whose they are, as in `AWS`. */
  clocks?: Readonly<Record<string, ClockGateway>>;
  /** By URL; only those that are configured. */
  alertmanagers?: Readonly<Record<string, AlertmanagerGateway>>;
}
