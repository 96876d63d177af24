/**
 * Two Infinispan clusters and the link between them, as measured on real ones: what a write does, what a push does and does
 * not do, what a restart forgets, and which writes come out of the link after it healed.
 */
import type { CacheName } from '../../domain/site-pair';
import type { BackupStatus, ClusterHealth, PushStatus } from '../../domain/observation';
import type { CacheComparison } from '../../domain/comparison';
import type { FailureType } from '../../domain/failure-types';
import { seconds, type EpochMs } from '../../domain/time';
import { SimulatedContents } from './simulated-contents';

export type SimulatedSite = 'site-a' | 'site-b';
export const sites = ['site-a', 'site-b'] as const;
export const caches = ['sessions', 'work'] as const;
export const rivalOf = (site: SimulatedSite): SimulatedSite => (site === 'site-a' ? 'site-b' : 'site-a');

/** Who has set a backup online or offline as it is. */
export type Setter = 'peaceTime' | 'restart' | 'sitewarden' | 'somebodyElse';

interface WorldCache {
  contents: SimulatedContents;
  backup: BackupStatus;
  backupSetBy: Setter;
  push: PushStatus;
  /** Keys that are still to be pushed; absent while nothing is. */
  queue?: string[];
  /** A push that never ends by itself. */
  stuck?: boolean;
  brokenSince?: EpochMs;
  /** On the receiver: a push to it is under way, or was never ended. */
  receiving: boolean;
  /** On the receiver: written since the push began, so that the push leaves them alone. */
  newerThanPush: Set<string>;
}

export interface WorldSite {
  up: boolean;
  startedAt: EpochMs;
  cluster: ClusterHealth;
  applicationRuns: boolean;
  /** It has not heard of what the other site changed in their database while the link was not whole. */
  applicationIsOutdated: boolean;
  caches: Record<CacheName, WorldCache>;
  /** The site that was being fenced when we took this one's backups offline; absent when others did, or when they are online. */
  detachedByUsFor?: SimulatedSite;
}

/** A write that was refused to its client and that the link still holds. */
interface HeldWrite {
  to: SimulatedSite;
  cache: CacheName;
  key: string;
  value?: string;
  at: EpochMs;
}

/** The bridge keeps what it could not send for four minutes. */
const heldForMs = seconds(240);
const keysPushedPerSecond = 2;
const pushGivesUpAfterMs = seconds(5);

export class SimulatedReplication {
  readonly link = { 'site-a': true, 'site-b': true };
  readonly sites: Record<SimulatedSite, WorldSite>;
  /** When the contents last came apart, or were lost, by what no read shows for certain. */
  comeApartAt = -Infinity;
  /** A write on the stale site that reached the kept one over a backup that we had set online. */
  private held: HeldWrite[] = [];
  private writes = 0;

  constructor(private readonly now: () => EpochMs) {
    const site = (): WorldSite => ({
      up: true,
      startedAt: now() - seconds(3_600),
      cluster: 'HEALTHY',
      applicationRuns: true,
      applicationIsOutdated: false,
      caches: {
        sessions: cacheWith({ k0: 'v', k1: 'v', k2: 'v', k3: 'v' }, 'peaceTime'),
        work: cacheWith({ k0: 'v' }, 'peaceTime'),
      },
    });
    this.sites = { 'site-a': site(), 'site-b': site() };
  }

  /** What a site's own view shows. */
  sees(site: SimulatedSite): boolean {
    return this.link[site] && this.sites[rivalOf(site)].up;
  }

  get isWhole(): boolean {
    return sites.every((site) => this.link[site] && this.sites[site].up);
  }

  connect(link: { siteASees: boolean; siteBSees: boolean }): void {
    Object.assign(this.link, { 'site-a': link.siteASees, 'site-b': link.siteBSees });
    if (!link.siteASees || !link.siteBSees) for (const site of sites) this.sites[site].applicationIsOutdated = true;
    this.deliverHeld();
  }

  /** One way is enough for what the link still holds. */
  private deliverHeld(): void {
    const due = this.held.filter(({ to }) => this.link[rivalOf(to)] && this.sites[to].up);
    this.held = this.held.filter((write) => !due.includes(write));
    for (const { to, cache, key, value, at } of due) {
      if (this.now() - at > heldForMs) continue;
      this.comeApartAt = this.now();
      this.store(to, cache, key, value);
    }
  }

  /** A client's write at a site; the next in a row of writes, some of which delete. */
  write(site: SimulatedSite): 'accepted' | 'refused' {
    this.writes += 1;
    const cache = caches[this.writes % 3 === 0 ? 1 : 0];
    const value = this.writes % 7 === 0 ? undefined : `${site}/${this.writes}`;
    return this.writeEntry(site, cache, `k${this.writes % 6}`, value);
  }

  private writeEntry(site: SimulatedSite, cache: CacheName, key: string, value?: string): 'accepted' | 'refused' {
    const rival = rivalOf(site);
    if (this.cacheOf(site, cache).backup !== 'online') {
      this.comeApartAt = this.now();
      this.store(site, cache, key, value);
      return 'accepted';
    }
    if (!this.isWhole) {
      this.held.push({ to: rival, cache, key, value, at: this.now() });
      return 'refused';
    }
    this.store(site, cache, key, value);
    this.store(rival, cache, key, value);
    return 'accepted';
  }

  private store(site: SimulatedSite, cache: CacheName, key: string, value: string | undefined): void {
    const { contents, receiving, newerThanPush } = this.cacheOf(site, cache);
    contents.write(key, value);
    if (receiving) newerThanPush.add(key);
  }

  cacheOf(site: SimulatedSite, cache: CacheName): WorldCache {
    return this.sites[site].caches[cache] as WorldCache;
  }

  /** It forgets "offline", and its caches are empty. */
  restart(site: SimulatedSite): void {
    const { applicationRuns, applicationIsOutdated } = this.sites[site];
    this.comeApartAt = this.now();
    this.sites[site] = {
      up: true,
      startedAt: this.now(),
      cluster: 'HEALTHY',
      applicationRuns,
      applicationIsOutdated,
      caches: { sessions: cacheWith({}, 'restart'), work: cacheWith({}, 'restart') },
    };
    this.deliverHeld();
  }

  setBackups(site: SimulatedSite, backup: BackupStatus, by: Setter, only: readonly CacheName[] = caches): void {
    for (const cache of only) {
      const one = this.cacheOf(site, cache);
      if (one.backup !== backup) Object.assign(one, { backup, backupSetBy: by });
    }
    if (this.isAttached(site)) delete this.sites[site].detachedByUsFor;
  }

  isDetached(site: SimulatedSite): boolean {
    return caches.every((cache) => this.cacheOf(site, cache).backup === 'offline');
  }

  isAttached(site: SimulatedSite): boolean {
    return caches.every((cache) => this.cacheOf(site, cache).backup === 'online');
  }

  /** Whether a client of the site would be answered. */
  acceptsWrites(site: SimulatedSite): boolean {
    return this.sites[site].up && (this.isWhole || this.isDetached(site));
  }

  /** Ends what is received, and clears here and nowhere else. */
  empty(site: SimulatedSite, only: readonly CacheName[]): void {
    for (const cache of only) {
      const one = this.cacheOf(site, cache);
      one.receiving = false;
      one.contents.clear();
    }
  }

  /** A push sets its cache's backup online, whatever becomes of it. */
  startPush(from: SimulatedSite, only: readonly CacheName[]): FailureType | undefined {
    let failure: FailureType | undefined;
    for (const cache of only) {
      const sender = this.cacheOf(from, cache);
      const receiver = this.cacheOf(rivalOf(from), cache);
      if (sender.push === 'SENDING' && this.isWhole && receiver.receiving) return 'PushUnderWay';
      this.setBackups(from, 'online', 'sitewarden', [cache]);
      Object.assign(sender, { push: 'SENDING', brokenSince: undefined, stuck: !this.isWhole, queue: undefined });
      if (!this.isWhole) {
        failure = 'InfinispanFailed';
      } else if (receiver.receiving) {
        sender.stuck = true;
        failure = 'PushUnderWay';
      } else {
        sender.queue = [...sender.contents.keys];
        Object.assign(receiver, { receiving: true, newerThanPush: new Set() });
      }
    }
    return failure;
  }

  cancelPush(from: SimulatedSite, only: readonly CacheName[]): void {
    for (const cache of only) {
      const sender = this.cacheOf(from, cache);
      if (sender.push !== 'SENDING') continue;
      Object.assign(sender, { push: 'CANCELED', queue: undefined, stuck: false });
      if (this.isWhole) this.cacheOf(rivalOf(from), cache).receiving = false;
    }
  }

  /** A running push of one cache ends with an error, or never. */
  disturbPush(from: SimulatedSite, how: 'ends' | 'sticks'): void {
    const cache = caches.find((one) => this.cacheOf(from, one).queue !== undefined);
    if (!cache) return;
    const sender = this.cacheOf(from, cache);
    Object.assign(sender, how === 'ends' ? { push: 'ERROR', queue: undefined } : { stuck: true, queue: undefined });
  }

  /** A second of every push that is under way. */
  pushOn(): void {
    for (const from of sites) {
      if (!this.sites[from].up) continue;
      for (const cache of caches) this.pushCacheOn(this.cacheOf(from, cache), this.cacheOf(rivalOf(from), cache));
    }
  }

  private pushCacheOn(sender: WorldCache, receiver: WorldCache): void {
    const { queue } = sender;
    if (!queue || sender.push !== 'SENDING') return;
    if (!this.isWhole || !receiver.receiving) {
      sender.brokenSince ??= this.now();
      if (this.now() - sender.brokenSince < pushGivesUpAfterMs) return;
      Object.assign(sender, { push: 'ERROR', queue: undefined });
      return;
    }
    sender.brokenSince = undefined;
    for (const key of queue.splice(0, keysPushedPerSecond)) {
      const value = sender.contents.read(key);
      if (value !== undefined && !receiver.newerThanPush.has(key)) receiver.contents.write(key, value);
    }
    if (queue.length > 0) return;
    Object.assign(sender, { push: 'OK', queue: undefined });
    receiver.receiving = false;
  }

  get areEqual(): boolean {
    return caches.every((cache) =>
      this.cacheOf('site-a', cache).contents.equals(this.cacheOf('site-b', cache).contents),
    );
  }

  /** Every cache of both sites as it is now. */
  snapshot(): Record<SimulatedSite, Record<CacheName, SimulatedContents>> {
    const of = (site: SimulatedSite) =>
      Object.fromEntries(caches.map((cache) => [cache, this.cacheOf(site, cache).contents.copy()]));
    return { 'site-a': of('site-a'), 'site-b': of('site-b') };
  }

  /** What differed when the comparison began and, with the kept site's value unchanged, still differs. */
  compare(
    before: ReturnType<SimulatedReplication['snapshot']>,
    keepSite: SimulatedSite,
    cache: CacheName,
  ): CacheComparison {
    const keep = before[keepSite][cache] as SimulatedContents;
    const stale = before[rivalOf(keepSite)][cache] as SimulatedContents;
    const { onlyHere, onlyThere, differing } = keep.against(stale);
    const keepNow = this.cacheOf(keepSite, cache).contents;
    const staleNow = this.cacheOf(rivalOf(keepSite), cache).contents;
    const still = (key: string): boolean =>
      keepNow.read(key) === keep.read(key) && keepNow.read(key) !== staleNow.read(key);
    return {
      keepEntries: keepNow.size,
      staleEntries: staleNow.size,
      onlyOnKeep: onlyHere.filter(still).length,
      onlyOnStale: onlyThere.filter(still).length,
      differing: differing.filter(still).length,
    };
  }
}

function cacheWith(entries: Readonly<Record<string, string>>, backupSetBy: Setter): WorldCache {
  return {
    contents: new SimulatedContents(entries),
    backup: 'online',
    backupSetBy,
    push: 'IDLE',
    receiving: false,
    newerThanPush: new Set(),
  };
}
