/**
 * Two sites, the link between them and Global Accelerator, in one process and without a clock: what can be read of them, what
 * a command does to them, and what others do.
 */
import type { Command } from '../../domain/command';
import type { CommandOutcome } from '../../domain/command-outcome';
import { groupObstacle, keepSiteObstacle } from '../../domain/eligibility';
import type { BackupStatus, EndpointGroup, EndpointHealth, Observation, Reading } from '../../domain/observation';
import type { SiteName } from '../../domain/site-pair';
import { seconds, type EpochMs } from '../../domain/time';

export type SimulatedSite = 'site-a' | 'site-b';
type Writer = 'peaceTime' | 'sitewarden' | 'somebodyElse';

/** What the next commands do, once each. */
export type CommandFate =
  | 'isRefused'
  | 'takesEffectAndReportsFailure'
  | 'timesOutAndLandsLater'
  | 'timesOutAndIsLost'
  | 'isAcceptedAndLandsLater'
  | 'findsNoWorker';

/** What happens to the world, whether a run is open or not. */
export type WorldEvent =
  | { kind: 'link'; siteASees: boolean; siteBSees: boolean }
  | { kind: 'siteGoesDown' | 'siteComesUp' | 'siteRestarts'; site: SimulatedSite }
  | { kind: 'somebodyAdds' | 'somebodyRemoves'; site: SimulatedSite; group: number }
  | { kind: 'somebodyDetaches' | 'somebodyAttaches'; site: SimulatedSite }
  | { kind: 'health'; site: SimulatedSite; health: EndpointHealth }
  | { kind: 'weight'; site: SimulatedSite; group: number; weight: number }
  | { kind: 'dial'; group: number; dial: number }
  | { kind: 'unread'; what: 'traffic' | SimulatedSite; forSeconds: number }
  | { kind: 'fate'; fate: CommandFate; commands: number }
  | { kind: 'timePasses'; seconds: number };

interface WorldEndpoint {
  weight: number;
  health: EndpointHealth;
  by: Writer;
  since: EpochMs;
}

interface WorldGroup {
  arn: string;
  dial: number;
  endpoints: Map<SiteName, WorldEndpoint>;
  removedByUs: Set<SiteName>;
}

interface WorldSite {
  up: boolean;
  startedAt: EpochMs;
  entries: number;
  backup: BackupStatus;
  /** The site that was being fenced when we took this one's backups offline; absent when others did, or when they are online. */
  detachedByUsFor?: SiteName;
}

/** What the world asks of the run that is open, and tells it. */
interface WhileOpen {
  /** The site that is being fenced, if roles are latched. */
  staleSite(): SiteName | undefined;
  landed(what: string): void;
}

export const sites = ['site-a', 'site-b'] as const;
export const timeOutMs = seconds(5);
/** A command that timed out, or was only accepted, lands this much later. */
const landsAfterMs = { timedOut: seconds(4), accepted: seconds(8) } as const;
const freshEndpointChecksMs = seconds(10);

export class SimulatedWorld {
  now: EpochMs = Date.parse('2026-11-22T03:12:00Z');
  readonly link = { 'site-a': true, 'site-b': true };
  readonly groups: readonly WorldGroup[];
  readonly sites: Record<SimulatedSite, WorldSite>;
  private readonly unreadUntil: Record<string, EpochMs> = {};
  private fates: CommandFate[] = [];
  private landings: { at: EpochMs; command: Command; land: () => void }[] = [];

  constructor(
    groups: number,
    private readonly whileOpen: WhileOpen,
  ) {
    this.groups = Array.from({ length: groups }, (_, index) => ({
      arn: `arn:aws:globalaccelerator::111122223333:accelerator/x/listener/y/endpoint-group/${index}`,
      dial: 100,
      endpoints: new Map(sites.map((site) => [site, this.endpoint('peaceTime')])),
      removedByUs: new Set(),
    }));
    const site = (): WorldSite => ({ up: true, startedAt: this.now - seconds(3_600), entries: 100, backup: 'online' });
    this.sites = { 'site-a': site(), 'site-b': site() };
  }

  /** Everything answers and works from now on, and nobody else writes; the link is as told. */
  calmDown(link: { siteASees: boolean; siteBSees: boolean }): void {
    this.fates = [];
    for (const what of Object.keys(this.unreadUntil)) delete this.unreadUntil[what];
    for (const site of sites) if (!this.sites[site].up) this.apply({ kind: 'siteComesUp', site });
    for (const group of this.groups) {
      group.dial = 100;
      for (const endpoint of group.endpoints.values()) Object.assign(endpoint, { health: 'HEALTHY', weight: 128 });
    }
    this.apply({ kind: 'link', ...link });
  }

  /** Whether something that was sent would change traffic when it lands. */
  changesTrafficLater(): boolean {
    return this.landings.some(({ command }) => this.wouldChangeTraffic(command));
  }

  observe(): Observation {
    const { now } = this;
    const trafficUnread = this.isUnread('traffic');
    return {
      at: now,
      tookMs: 1,
      traffic: {
        status: trafficUnread ? { unknown: 'TrafficUnreachable', at: now } : { value: 'DEPLOYED', at: now },
        groups: trafficUnread ? { unknown: 'TrafficUnreachable', at: now } : { value: this.groupsNow(), at: now },
      },
      sites: Object.fromEntries(sites.map((site) => [site, this.observeSite(site)])),
    };
  }

  admitted(): readonly SimulatedSite[] {
    return sites.filter((site) => this.groups.some(({ endpoints }) => endpoints.has(site)));
  }

  /** Sites whose writes do not reach the other one by their own setting. */
  detached(): readonly SimulatedSite[] {
    return sites.filter((site) => this.sites[site].backup === 'offline');
  }

  /** Whether the site could stay alone, as the world is now. */
  canBeKept(keepSite: SiteName): boolean {
    return (
      keepSiteObstacle(this.observe(), { keepSite, staleSite: keepSite === 'site-a' ? 'site-b' : 'site-a' }) ===
      undefined
    );
  }

  /** Whether clients reach the site otherwise than by what somebody else did. */
  admittedByOurDoing(site: SiteName): boolean {
    return this.groups.some(({ endpoints }) => {
      const endpoint = endpoints.get(site);
      return endpoint !== undefined && endpoint.by !== 'somebodyElse';
    });
  }

  clock(): string {
    return new Date(this.now).toISOString().slice(11, 23);
  }

  private observeSite(site: SimulatedSite): Observation['sites'][string] {
    const { up, startedAt, entries, backup } = this.sites[site];
    const other = site === 'site-a' ? 'site-b' : 'site-a';
    const answers = up && !this.isUnread(site);
    const reading = <T>(value: T): Reading<T> =>
      answers ? { value, at: this.now } : { unknown: 'InfinispanUnreachable', at: this.now };
    const sitesView = this.link[site] && this.sites[other].up ? [site, other] : [site];
    return {
      view: reading({ localSite: site, sitesView, members: [`${site}-1`] }),
      startedAt: reading(startedAt),
      backups: reading({ sessions: backup, work: backup }),
      sizes: reading({ sessions: entries, work: 0 }),
      health: up ? { value: 200, at: this.now } : { unknown: 'HealthUnreachable', at: this.now },
    };
  }

  private groupsNow(): EndpointGroup[] {
    return this.groups.map(({ arn, dial, endpoints }) => ({
      arn,
      region: `region-${arn.at(-1)}`,
      dial,
      endpoints: [...endpoints].map(([site, { weight, health }]) => ({
        site,
        endpointId: `arn:${site}`,
        weight,
        health,
        clientIpPreservation: false,
      })),
    }));
  }

  private isUnread(what: string): boolean {
    return (this.unreadUntil[what] ?? 0) > this.now;
  }

  private endpoint(by: Writer): WorldEndpoint {
    return { weight: 128, health: by === 'peaceTime' ? 'HEALTHY' : 'INITIAL', by, since: this.now };
  }

  /** Time passes, and what was sent earlier lands in it. */
  advance(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const [landing] = this.landings.filter(({ at }) => at <= end).sort((left, right) => left.at - right.at);
      if (!landing) break;
      this.landings = this.landings.filter((other) => other !== landing);
      this.now = Math.max(this.now, landing.at);
      landing.land();
      this.whileOpen.landed('a command that landed later');
    }
    this.now = end;
    for (const { endpoints } of this.groups)
      for (const endpoint of endpoints.values())
        if (endpoint.health === 'INITIAL' && this.now - endpoint.since > freshEndpointChecksMs)
          endpoint.health = 'HEALTHY';
  }

  /** An addition would, even of what is there: after the next removal. */
  private wouldChangeTraffic(command: Command): boolean {
    if (command.kind === 'takeBackupOffline') return false;
    if (command.kind === 'addEndpoint') return true;
    return this.groups.some(({ arn, endpoints }) => arn === command.groupArn && endpoints.has(command.site));
  }

  /** Sends a command to its fate. */
  send(command: Command): 'accepted' | Extract<CommandOutcome, { failed: unknown }> {
    const failed = (type: Extract<CommandOutcome, { failed: unknown }>['failed']['type'], mayStillLand = false) => ({
      failed: { type, message: type, mayStillLand },
    });
    const fate = this.fates.shift();
    if (fate === 'findsNoWorker') return failed(command.kind === 'addEndpoint' ? 'RestoreNotPermitted' : 'NoWorker');
    if (fate === 'isRefused') {
      return failed(command.kind === 'takeBackupOffline' ? 'InfinispanFailed' : 'TrafficThrottled');
    }
    if (command.kind === 'removeEndpoint' && this.removalObstacle(command)) return failed('LastEndpointGuard');
    if (command.kind === 'removeLostEndpoint' && this.isWell(command)) return failed('LostSiteServes');
    if (command.kind === 'takeBackupOffline') {
      const { up } = this.sites[command.onSite as SimulatedSite];
      if (!up || this.isUnread(command.onSite)) return failed('InfinispanUnreachable', true);
    }
    const land = (): void => this.takeEffect(command);
    switch (fate) {
      case 'timesOutAndIsLost':
        return failed('CommandTimedOut', true);
      case 'timesOutAndLandsLater':
        this.landings.push({ at: this.now + timeOutMs + landsAfterMs.timedOut, command, land });
        return failed('CommandTimedOut', true);
      case 'takesEffectAndReportsFailure':
        land();
        return failed(command.kind === 'takeBackupOffline' ? 'InfinispanUnreachable' : 'TrafficUnreachable', true);
      case 'isAcceptedAndLandsLater':
        this.landings.push({ at: this.now + landsAfterMs.accepted, command, land });
        return 'accepted';
      case undefined:
        land();
        return 'accepted';
    }
  }

  private removalObstacle({ groupArn, site, keepSite }: Extract<Command, { kind: 'removeEndpoint' }>): boolean {
    const group = this.groupsNow().find(({ arn }) => arn === groupArn);
    const health = this.sites[keepSite as SimulatedSite].up ? 200 : undefined;
    return !group || groupObstacle(group, { keepSite, staleSite: site }, health) !== undefined;
  }

  private isWell({ groupArn, site, evenIfHealthy }: Extract<Command, { kind: 'removeLostEndpoint' }>): boolean {
    const group = this.groups.find(({ arn }) => arn === groupArn);
    const endpoint = group?.endpoints.get(site);
    return !evenIfHealthy && endpoint !== undefined && endpoint.health !== 'UNHEALTHY';
  }

  private takeEffect(command: Command): void {
    if (command.kind === 'takeBackupOffline') {
      const site = this.sites[command.onSite as SimulatedSite];
      if (!site.up) return;
      const staleSite = this.whileOpen.staleSite() ?? command.backupSite;
      if (site.backup !== 'offline') site.detachedByUsFor = staleSite;
      site.backup = 'offline';
      return;
    }
    const group = this.groups.find(({ arn }) => arn === command.groupArn);
    if (!group) return;
    if (command.kind === 'removeLostEndpoint') {
      group.endpoints.delete(command.site);
    } else if (command.kind === 'removeEndpoint') {
      if (group.endpoints.delete(command.site)) group.removedByUs.add(command.site);
    } else if (!group.endpoints.has(command.site)) {
      group.endpoints.set(command.site, this.endpoint('sitewarden'));
      group.removedByUs.delete(command.site);
    }
  }

  /** It forgets "offline", and its caches are empty. */
  private restart(site: SimulatedSite): void {
    this.sites[site] = { up: true, startedAt: this.now, entries: 0, backup: 'online' };
  }

  apply(event: WorldEvent): void {
    switch (event.kind) {
      case 'link':
        Object.assign(this.link, { 'site-a': event.siteASees, 'site-b': event.siteBSees });
        return;
      case 'siteGoesDown':
        this.sites[event.site].up = false;
        return;
      case 'siteComesUp':
        if (!this.sites[event.site].up) this.restart(event.site);
        return;
      case 'siteRestarts':
        return this.restart(event.site);
      case 'somebodyAdds': {
        const group = this.groups[event.group % this.groups.length];
        if (group && !group.endpoints.has(event.site)) {
          group.endpoints.set(event.site, this.endpoint('somebodyElse'));
          group.removedByUs.delete(event.site);
        }
        return;
      }
      case 'somebodyRemoves':
        this.groups[event.group % this.groups.length]?.endpoints.delete(event.site);
        return;
      case 'somebodyDetaches':
        if (this.sites[event.site].up) this.sites[event.site].backup = 'offline';
        return;
      case 'somebodyAttaches':
        Object.assign(this.sites[event.site], { backup: 'online', detachedByUsFor: undefined });
        return;
      case 'health':
        for (const { endpoints } of this.groups) {
          const endpoint = endpoints.get(event.site);
          if (endpoint) endpoint.health = event.health;
        }
        return;
      case 'weight': {
        const endpoint = this.groups[event.group % this.groups.length]?.endpoints.get(event.site);
        if (endpoint) endpoint.weight = event.weight;
        return;
      }
      case 'dial': {
        const group = this.groups[event.group % this.groups.length];
        if (group) group.dial = event.dial;
        return;
      }
      case 'unread':
        this.unreadUntil[event.what] = this.now + seconds(event.forSeconds);
        return;
      case 'fate':
        this.fates = Array.from({ length: event.commands }, () => event.fate);
        return;
      case 'timePasses':
        return this.advance(seconds(event.seconds));
    }
  }
}
