import type { BackupStatus, EndpointHealth } from '../../domain/observation';
import type { CacheName, EndpointSettings, SiteName } from '../../domain/site-pair';
import type { SiteTag } from '../../domain/site-tags';
import type { EpochMs } from '../../domain/time';
import type { PairGateways } from '../../gateways/ports';
import { FakeFaults, type Call } from './fake-faults';
import { fakeHealth } from './fake-health';
import { fakeReplication } from './fake-replication';
import { fakeSiteTags } from './fake-site-tags';
import { fakeTraffic } from './fake-traffic';
import { FakeAccelerator, type FakeGroupOptions } from './fake-accelerator';

/** One mutating call as it arrived, whoever made it; calls by others (a console, Terraform) have no command id. */
export interface JournalEntry {
  at: EpochMs;
  call: Extract<Call, 'removeEndpoint' | 'addEndpoint' | 'takeBackupOffline'>;
  /** The endpoint group, or the site that was told. */
  where: string;
  /** The site that is removed, added or taken offline. */
  site: SiteName;
  commandId?: string;
}

export interface FakeWorldOptions {
  sites?: readonly [SiteName, SiteName];
  caches?: readonly CacheName[];
  /** One group holding both sites, unless told otherwise. */
  groups?: readonly FakeGroupOptions[];
  endpoint?: EndpointSettings;
  clock?: () => EpochMs;
}

interface FakeSite {
  up: boolean;
  applicationUp: boolean;
  startedAt: EpochMs;
  backups: Record<CacheName, BackupStatus>;
  sizes: Record<CacheName, number>;
  relay: boolean;
  /** The site this server says it is of. */
  answersAs: SiteName;
}

/**
 * Two sites behind one accelerator, in memory; the fakes of gateways/ports.ts read and change it.
 * It behaves as measured on the real servers: a restart brings every backup back online and every cache back empty,
 * a heal changes no status, taking a backup offline is local and works in a split.
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
  private readonly bySite = new Map<SiteName, FakeSite>();
  /** `from>to`: `from` no longer sees `to`. */
  private readonly blind = new Set<string>();

  constructor(options: FakeWorldOptions = {}) {
    this.sites = options.sites ?? ['site-a', 'site-b'];
    this.caches = options.caches ?? ['actionTokens', 'work'];
    this.clock = options.clock ?? Date.now;
    for (const site of this.sites) this.bySite.set(site, this.freshSite(site));
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
  }

  heal(): void {
    this.blind.clear();
  }

  /** The whole site is gone: Infinispan and the application. */
  stop(site: SiteName): void {
    this.site(site).up = false;
  }

  /** The site comes back as after a full restart: backups online again, caches empty. */
  restart(site: SiteName): void {
    this.bySite.set(site, { ...this.freshSite(site), sizes: this.perCache(0), startedAt: this.clock() });
  }

  /** Only the application (the health URL, the endpoint's health) stops or starts; Infinispan goes on. */
  setApplication(site: SiteName, up: boolean): void {
    this.site(site).applicationUp = up;
  }

  setBackup(site: SiteName, status: BackupStatus, caches: readonly CacheName[] = this.caches): void {
    for (const cache of caches) this.site(site).backups[cache] = status;
  }

  /**
   * New entries on one site, copied to the other while its backup is online.
   * @returns whether they were accepted: with the backup online and the other site out of sight they are refused (failure policy FAIL).
   */
  write(site: SiteName, cache: CacheName, count = 1): boolean {
    const peer = this.other(site);
    const { sizes, backups } = this.site(site);
    const copied = backups[cache] === 'online';
    if (copied && !this.sees(site, peer)) return false;
    sizes[cache] = (sizes[cache] ?? 0) + count;
    if (copied) this.setSize(peer, cache, (this.site(peer).sizes[cache] ?? 0) + count);
    return true;
  }

  setSize(site: SiteName, cache: CacheName, size: number): void {
    this.site(site).sizes[cache] = size;
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
    return { ...this.site(site).backups };
  }

  /** The state behind a site, for the fakes. */
  site(site: SiteName): FakeSite {
    const found = this.bySite.get(site);
    if (!found) throw new Error(`this world has no ${site}`);
    return found;
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

  private freshSite(site: SiteName): FakeSite {
    return {
      up: true,
      applicationUp: true,
      // An hour before the world begins: a pair is found running.
      startedAt: this.clock() - 3_600_000,
      backups: this.perCache<BackupStatus>('online'),
      sizes: this.perCache(100),
      relay: true,
      answersAs: site,
    };
  }

  private perCache<T>(value: T): Record<CacheName, T> {
    return Object.fromEntries(this.caches.map((cache) => [cache, value]));
  }
}
