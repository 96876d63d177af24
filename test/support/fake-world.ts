import type { BackupStatus, ClusterHealth, EndpointHealth, PushStatus } from '../../domain/observation';
import type { CacheName, EndpointSettings, SiteName } from '../../domain/site-pair';
import type { SiteTag } from '../../domain/readiness/site-tags';
import type { EpochMs } from '../../domain/time';
import type { PairGateways, ReplicationGateway, TrafficGateway } from '../../gateways/ports';
import { FakeInfinispan, type FakeCache } from './fake-caches';
import { FakeFaults } from './fake-faults';
import { fakeHealth } from './fake-health';
import { FakePushes } from './fake-pushes';
import { fakeReplication } from './fake-replication';
import { fakeSiteTags } from './fake-site-tags';
import { fakeTraffic } from './fake-traffic';
import { FakeAccelerator, type FakeGroupOptions } from './fake-accelerator';

/** One mutating call as it arrived, whoever made it; calls by others (a console, Terraform) have no command id. */
export interface JournalEntry {
  at: EpochMs;
  call:
    | Extract<keyof TrafficGateway, 'removeEndpoint' | 'addEndpoint'>
    | Exclude<keyof ReplicationGateway, `read${string}`>;
  /** The endpoint group, or the site that was told. */
  where: string;
  /** The site that is removed, added or taken offline; the other site of what is done to replication. */
  site: SiteName;
  cache?: CacheName;
  commandId?: string;
}

export interface FakeWorldOptions {
  sites?: readonly [SiteName, SiteName];
  caches?: readonly CacheName[];
  /** One group holding both sites, unless told otherwise. */
  groups?: readonly FakeGroupOptions[];
  endpoint?: EndpointSettings;
  clock?: () => EpochMs;
  /** How the sites' applications are stopped and started; by nothing, unless given. */
  workload?: PairGateways['workload'];
}

interface FakeSite {
  up: boolean;
  applicationUp: boolean;
  infinispan: FakeInfinispan;
  relay: boolean;
  /** The site this server says it is of. */
  answersAs: SiteName;
}

/**
 * Two sites behind one accelerator, in memory; the fakes of gateways/ports.ts read and change it.
 * It behaves as measured on the real servers: a restart brings every backup back online and every cache back empty,
 * a heal changes no status, taking a backup offline is local and works in a split, a push brings the backup online.
 */
export class FakeWorld {
  readonly sites: readonly [SiteName, SiteName];
  readonly caches: readonly CacheName[];
  readonly faults = new FakeFaults();
  readonly journal: JournalEntry[] = [];
  readonly accelerator: FakeAccelerator;
  readonly clock: () => EpochMs;
  /** What a site's load balancer is tagged as, where it is not the site. */
  readonly siteTags = new Map<SiteName, SiteTag>();
  readonly pushes = new FakePushes(
    (site, cache) => this.cache(site, cache),
    () => this.clock(),
  );
  workload: PairGateways['workload'];
  /** Writes that are refused because the other site is out of sight arrive there after the heal (a slow bridge). */
  zombies = false;
  private readonly bySite = new Map<SiteName, FakeSite>();
  /** `from>to`: `from` no longer sees `to`. */
  private readonly blind = new Set<string>();
  private readonly undelivered: { to: SiteName; cache: CacheName; key: string; value: string }[] = [];
  private written = 0;

  constructor(options: FakeWorldOptions = {}) {
    this.sites = options.sites ?? ['site-a', 'site-b'];
    this.caches = options.caches ?? ['actionTokens', 'work'];
    this.clock = options.clock ?? Date.now;
    this.workload = options.workload ?? {};
    // An hour before the world begins: a pair is found running.
    const found = { startedAt: this.clock() - 3_600_000, entriesPerCache: 100 };
    for (const site of this.sites) this.bySite.set(site, this.freshSite(site, found));
    this.accelerator = new FakeAccelerator({
      sites: this.sites,
      groups: options.groups ?? [{}],
      settings: options.endpoint ?? { weight: 128, clientIpPreservation: false },
      serves: (site) => this.site(site).up && this.site(site).applicationUp,
      clock: this.clock,
    });
  }

  gateways(): PairGateways {
    const each = <T>(make: (site: SiteName) => T) => Object.fromEntries(this.sites.map((site) => [site, make(site)]));
    return {
      traffic: fakeTraffic(this),
      replication: each((site) => fakeReplication(this, site)),
      health: each((site) => fakeHealth(this, site)),
      siteTags: fakeSiteTags(this),
      workload: this.workload,
    };
  }

  /** The link between two sites breaks, both ways; no arguments: between the two that there are. */
  cut(one = this.sites[0], other = this.sites[1]): void {
    this.cutOneWay(one, other);
    this.cutOneWay(other, one);
  }

  /** `from` no longer sees `to`; the other way still works. */
  cutOneWay(from: SiteName, to: SiteName): void {
    this.blind.add(`${from}>${to}`);
    this.pushes.cutOff();
  }

  heal(): void {
    this.blind.clear();
    for (const { to, cache, key, value } of this.undelivered.splice(0)) this.store(to, cache, key, value);
  }

  /** The whole site is gone: Infinispan and the application. */
  stop(site: SiteName): void {
    this.site(site).up = false;
    this.pushes.cutOff();
  }

  /** The site comes back as after a full restart: backups online again, caches empty. */
  restart(site: SiteName): void {
    this.pushes.cutOff();
    this.bySite.set(site, this.freshSite(site, { startedAt: this.clock(), entriesPerCache: 0 }));
  }

  /** Only the application (the health URL, the endpoint's health) stops or starts; Infinispan goes on. */
  setApplication(site: SiteName, up: boolean): void {
    this.site(site).applicationUp = up;
  }

  setBackup(site: SiteName, status: BackupStatus, caches: readonly CacheName[] = this.caches): void {
    for (const cache of caches) this.cache(site, cache).backup = status;
  }

  /** The status of a push as somebody or something left it there; nothing is sent. */
  setPush(site: SiteName, cache: CacheName, status: PushStatus): void {
    this.cache(site, cache).push = status;
  }

  setCluster(site: SiteName, health: ClusterHealth): void {
    this.site(site).infinispan.cluster = health;
  }

  /**
   * New entries on one site, copied to the other while its backup is online.
   * @returns whether they were accepted: with the backup online and the other site out of sight they are refused (failure policy FAIL).
   */
  write(site: SiteName, cache: CacheName, count = 1): boolean {
    return Array.from({ length: count }).every(() => this.put(site, cache, `written-${(this.written += 1)}`, site));
  }

  /** One entry, as `write`. */
  put(site: SiteName, cache: CacheName, key: string, value: string): boolean {
    return this.change(site, cache, (at) => this.store(at, cache, key, value), { key, value });
  }

  /** One entry with a lifespan, as `write`. */
  putExpiring(site: SiteName, cache: CacheName, key: string, value: string): boolean {
    const keep = (at: SiteName): void => {
      this.store(at, cache, key, value);
      this.cache(at, cache).expiring.set(key, this.clock());
    };
    return this.change(site, cache, keep, { key, value });
  }

  /** Its time is over on this site; on the other one it may live longer, since a push restarts lifespans. */
  expire(site: SiteName, cache: CacheName, key: string): void {
    this.cache(site, cache).entries.delete(key);
  }

  /** One entry less, as `write`. */
  remove(site: SiteName, cache: CacheName, key: string): boolean {
    return this.change(site, cache, (at) => this.cache(at, cache).entries.delete(key));
  }

  /** A clear reaches the other site as well, unless it is told not to or the backup is offline. */
  clear(site: SiteName, cache: CacheName, options: { skipBackup: boolean }): boolean {
    const clear = (at: SiteName): void => this.cache(at, cache).entries.clear();
    if (!options.skipBackup) return this.change(site, cache, clear);
    clear(site);
    return true;
  }

  setSize(site: SiteName, cache: CacheName, size: number): void {
    this.site(site).infinispan.setSize(cache, size);
  }

  /** Per cache: how many entries the site has. */
  sizes(site: SiteName): Record<CacheName, number> {
    return this.perCache(site, ({ entries }) => entries.size);
  }

  /** What the site has in a cache, as a value of its own. */
  entries(site: SiteName, cache: CacheName): Record<string, string> {
    return Object.fromEntries(this.cache(site, cache).entries);
  }

  /** The node that answers for this site is (no longer) a relay node. */
  setRelay(site: SiteName, relay: boolean): void {
    this.site(site).relay = relay;
  }

  /** The server behind this site's URL turns out to be of another site. */
  answerAs(site: SiteName, other: SiteName): void {
    this.site(site).answersAs = other;
  }

  setHealth(site: SiteName, health: EndpointHealth | undefined): void {
    this.accelerator.setHealth(site, health);
  }

  /** Somebody else removes or adds the endpoint, in every group. */
  removedByOthers(site: SiteName): void {
    for (const group of this.accelerator.groups()) this.accelerator.remove(group.arn, site);
  }

  addedByOthers(site: SiteName): void {
    for (const group of this.accelerator.groups()) this.accelerator.add(group.arn, site);
  }

  /** Sites that clients can be sent to: present in at least one group. */
  endpointSites(): SiteName[] {
    const groups = this.accelerator.groups();
    return this.sites.filter((site) => groups.some((group) => group.endpoints.some((each) => each.site === site)));
  }

  /** Per cache: status on `site` of the backup to the other site. */
  backups(site: SiteName): Record<CacheName, BackupStatus> {
    return this.perCache(site, ({ backup }) => backup);
  }

  /** The state behind a site, for the fakes. */
  site(site: SiteName): FakeSite {
    const found = this.bySite.get(site);
    if (!found) throw new Error(`this world has no ${site}`);
    return found;
  }

  cache(site: SiteName, cache: CacheName): FakeCache {
    return this.site(site).infinispan.cache(cache);
  }

  other(site: SiteName): SiteName {
    return this.sites[0] === site ? this.sites[1] : this.sites[0];
  }

  sees(from: SiteName, to: SiteName): boolean {
    return this.site(to).up && !this.blind.has(`${from}>${to}`);
  }

  record(entry: Omit<JournalEntry, 'at'>): void {
    this.journal.push({ at: this.clock(), ...entry });
  }

  /** A change on one site and, while its backup is online, on the other; refused when that one is out of sight. */
  private change(
    site: SiteName,
    cache: CacheName,
    apply: (at: SiteName) => void,
    late?: { key: string; value: string },
  ): boolean {
    const peer = this.other(site);
    const copied = this.cache(site, cache).backup === 'online';
    if (copied && !this.sees(site, peer)) {
      if (this.zombies && late) this.undelivered.push({ to: peer, cache, ...late });
      return false;
    }
    apply(site);
    if (copied) apply(peer);
    return true;
  }

  private store(site: SiteName, cache: CacheName, key: string, value: string): void {
    const at = this.cache(site, cache);
    at.entries.set(key, value);
    at.stores += 1;
    this.pushes.wroteOn(site, cache, key);
  }

  private freshSite(
    site: SiteName,
    { startedAt, entriesPerCache }: { startedAt: EpochMs; entriesPerCache: number },
  ): FakeSite {
    return {
      up: true,
      applicationUp: true,
      infinispan: new FakeInfinispan(this.caches, startedAt, entriesPerCache),
      relay: true,
      answersAs: site,
    };
  }

  private perCache<T>(site: SiteName, value: (cache: FakeCache) => T): Record<CacheName, T> {
    return Object.fromEntries([...this.site(site).infinispan.caches].map(([name, cache]) => [name, value(cache)]));
  }
}
