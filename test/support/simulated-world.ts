/**
 * Two sites, the link between them, Global Accelerator in front and clients behind it, in one process and without a clock:
 * what can be read of them, what a command does to them, and what others do.
 */
import { runsLong, type Command } from '../../domain/command';
import { mayStillLand, type CommandOutcome } from '../../domain/command-outcome';
import { keepSiteObstacle } from '../../domain/eligibility';
import type { FailureType } from '../../domain/failure-types';
import type { ClusterHealth, EndpointHealth, Observation, Reading } from '../../domain/observation';
import { hasCommands, type SiteName, type WorkloadKind } from '../../domain/site-pair';
import { seconds, type EpochMs } from '../../domain/time';
import { askedOf, beginComparison, failureOf, halfOf, obstacle, takeEffect } from './simulated-commands';
import { rivalOf, SimulatedReplication, sites, type SimulatedSite } from './simulated-replication';
import { SimulatedTraffic } from './simulated-traffic';

/** What the next commands do, once each. */
export type CommandFate =
  | 'isRefused'
  | 'takesEffectAndReportsFailure'
  | 'takesHalfItsEffect'
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
  | { kind: 'strayWrite' | 'applicationStops' | 'applicationStarts' | 'neverHealthy'; site: SimulatedSite }
  | { kind: 'somebodySwitchesOff' | 'somebodySwitchesOn'; site: SimulatedSite }
  /** From now on, whatever is so; `truth` ends it. */
  | { kind: 'devicesSay'; site: SimulatedSite; says: 'off' | 'on' | 'oldNews' | 'truth' }
  | { kind: 'trafficRefuses'; forSeconds: number }
  /** Other automation holds the outer lock. */
  | { kind: 'lockIsHeld'; forSeconds: number }
  | { kind: 'pushEnds' | 'pushSticks'; site: SimulatedSite }
  | { kind: 'cluster'; site: SimulatedSite; cluster: ClusterHealth }
  | { kind: 'health'; site: SimulatedSite; health: EndpointHealth }
  | { kind: 'weight'; site: SimulatedSite; group: number; weight: number }
  | { kind: 'dial'; group: number; dial: number }
  | { kind: 'unread'; what: 'traffic' | 'starts' | 'devices' | SimulatedSite; forSeconds: number }
  | { kind: 'fate'; fate: CommandFate; commands: number }
  | { kind: 'timePasses'; seconds: number };

/** What the world asks of the run that is open, and tells it. */
export interface WhileOpen {
  /** The site that is being fenced, if roles are latched. */
  staleSite(): SiteName | undefined;
  /** Right before a command does what it does. */
  takesEffect(command: Command): void;
  landed(what: string): void;
}

/** A long command ends later; until then the loop goes on beside it. */
export type Sent = CommandOutcome | { endsAt: EpochMs; outcome: () => CommandOutcome };

/** A site's machines. */
export interface Power {
  on: boolean;
  by: 'peaceTime' | 'sitewarden' | 'somebodyElse';
  since: EpochMs;
}

const found = (since: EpochMs): Power => ({ on: true, by: 'peaceTime', since });

export const timeOutMs = seconds(5);
/** A command that timed out, or was only accepted, lands this much later. */
const landsAfterMs = { timedOut: seconds(4), accepted: seconds(8) } as const;
const longTakesMs = seconds(4);

export class SimulatedWorld {
  now: EpochMs = Date.parse('2026-11-22T03:12:00Z');
  readonly traffic: SimulatedTraffic;
  readonly replication: SimulatedReplication;
  private readonly unreadUntil: Record<string, EpochMs> = {};
  private fates: CommandFate[] = [];
  private landings: { at: EpochMs; command: Command; land: () => void }[] = [];
  private secondBegan = this.now;
  private trafficRefusesUntil = 0;
  private lockHeldUntil = 0;
  private readonly devicesSay: Record<SimulatedSite, 'off' | 'on' | 'oldNews' | 'truth'> = {
    'site-a': 'truth',
    'site-b': 'truth',
  };
  /** Whether a site's machines are on, since when, and by whom. */
  readonly power: Record<SimulatedSite, Power> = { 'site-a': found(this.now), 'site-b': found(this.now) };

  constructor(
    groups: number,
    readonly workload: WorkloadKind,
    private readonly whileOpen: WhileOpen,
  ) {
    this.traffic = new SimulatedTraffic(groups, () => this.now);
    this.replication = new SimulatedReplication(() => this.now);
  }

  /** Everything answers and works from now on, and nobody else writes; the link is as told. */
  calmDown(link: { siteASees: boolean; siteBSees: boolean }): void {
    this.fates = [];
    for (const site of sites) this.devicesSay[site] = 'truth';
    this.trafficRefusesUntil = 0;
    this.lockHeldUntil = 0;
    for (const what of Object.keys(this.unreadUntil)) delete this.unreadUntil[what];
    for (const site of sites) {
      if (site !== this.whileOpen.staleSite()) this.switchTo(site, true, 'somebodyElse');
      if (!this.replication.sites[site].up) this.apply({ kind: 'siteComesUp', site });
      this.replication.sites[site].cluster = 'HEALTHY';
    }
    this.traffic.calmDown();
    this.apply({ kind: 'link', ...link });
  }

  /** Whether something that was sent would change traffic when it lands. */
  changesTrafficLater(): boolean {
    return this.landings.some(({ command }) => this.wouldChangeTraffic(command));
  }

  /** An addition would, even of what is there: after the next removal. */
  private wouldChangeTraffic(command: Command): boolean {
    if (command.kind === 'addEndpoint') return true;
    if (!('groupArn' in command)) return false;
    return this.traffic.groupNamed(command.groupArn)?.endpoints.has(command.site) === true;
  }

  observe(devices: Readonly<Record<string, SimulatedSite>> = {}): Observation {
    const { now } = this;
    const trafficUnread = this.isUnread('traffic');
    const reading = <T>(value: T): Reading<T> =>
      trafficUnread ? { unknown: 'TrafficUnreachable', at: now } : { value, at: now };
    return {
      at: now,
      tookMs: 1,
      traffic: { status: reading('DEPLOYED' as const), groups: reading(this.traffic.read()) },
      sites: Object.fromEntries(sites.map((site) => [site, this.observeSite(site)])),
      devices: Object.fromEntries(Object.entries(devices).map(([name, site]) => [name, this.observeDevice(site)])),
    };
  }

  /** Whether the site could stay alone, as the world is now. */
  canBeKept(keepSite: SimulatedSite): boolean {
    return keepSiteObstacle(this.observe(), { keepSite, staleSite: rivalOf(keepSite) }) === undefined;
  }

  clock(): string {
    return new Date(this.now).toISOString().slice(11, 23);
  }

  private observeDevice(site: SimulatedSite): Reading<'on' | 'off'> {
    if (this.isUnread('devices')) return { unknown: 'FenceDeviceFailed', at: this.now };
    const said = this.devicesSay[site];
    if (said === 'oldNews') return { value: 'off', at: this.now - seconds(60) };
    return { value: said === 'truth' ? (this.power[site].on ? 'on' : 'off') : said, at: this.now };
  }

  /** Comes up as machines do: with their application, and with what Infinispan holds in memory gone. */
  private switchTo(site: SimulatedSite, on: boolean, by: Power['by']): void {
    const machines = this.replication.sites[site];
    if (this.power[site].on === on) return;
    this.power[site] = { on, by, since: this.now };
    if (!on) {
      machines.up = false;
      return;
    }
    machines.applicationRuns = true;
    this.replication.restart(site);
  }

  private observeSite(site: SimulatedSite): Observation['sites'][string] {
    const { up, startedAt, cluster, applicationRuns, caches: ofSite } = this.replication.sites[site];
    const reading = <T>(value: T): Reading<T> =>
      this.answers(site) ? { value, at: this.now } : { unknown: 'InfinispanUnreachable', at: this.now };
    const sitesView = this.replication.sees(site) ? [site, rivalOf(site)] : [site];
    const perCache = <T>(of: (cache: (typeof ofSite)[string]) => T) =>
      Object.fromEntries(Object.entries(ofSite).map(([name, cache]) => [name, of(cache)]));
    return {
      view: reading({ localSite: site, sitesView, members: [`${site}-1`] }),
      startedAt: this.isUnread('starts') ? { unknown: 'InfinispanUnreachable', at: this.now } : reading(startedAt),
      backups: reading(perCache(({ backup }) => backup)),
      sizes: reading(perCache(({ contents }) => contents.size)),
      cluster: reading(cluster),
      pushes: reading(perCache(({ push }) => push)),
      stores: reading(Object.values(ofSite).reduce((sum, { contents }) => sum + contents.stores, 0)),
      application: hasCommands({ workloads: { [site]: this.workload } }, site)
        ? { value: applicationRuns ? 'running' : 'stopped', at: this.now }
        : { unknown: 'NotObserved', at: this.now },
      health: up && applicationRuns ? { value: 200, at: this.now } : { unknown: 'HealthUnreachable', at: this.now },
    };
  }

  private isUnread(what: string): boolean {
    return (this.unreadUntil[what] ?? 0) > this.now;
  }

  private answers(site: SimulatedSite): boolean {
    return this.replication.sites[site].up && !this.isUnread(site);
  }

  private get place() {
    const { traffic, replication, workload } = this;
    return {
      traffic,
      replication,
      workload,
      answers: (site: SimulatedSite) => this.answers(site),
      switchTo: (site: SimulatedSite, on: boolean) => this.switchTo(site, on, 'sitewarden'),
    };
  }

  /** Time passes, and what was sent earlier lands in it; clients write all the while. */
  advance(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const [landing] = this.landings.filter(({ at }) => at <= end).sort((left, right) => left.at - right.at);
      if (!landing) break;
      this.passUntil(Math.max(this.now, landing.at));
      this.landings = this.landings.filter((other) => other !== landing);
      landing.land();
      this.whileOpen.landed('a command that landed later');
    }
    this.passUntil(end);
  }

  private passUntil(end: EpochMs): void {
    for (; this.secondBegan + seconds(1) <= end; this.secondBegan += seconds(1)) {
      this.now = this.secondBegan + seconds(1);
      this.replication.pushOn();
      for (const site of this.traffic.admitted()) this.writeAt(site);
    }
    this.now = end;
    this.traffic.checkHealth((site) => this.replication.sites[site].up && this.replication.sites[site].applicationRuns);
  }

  private writeAt(site: SimulatedSite): void {
    const { up, applicationRuns } = this.replication.sites[site];
    if (up && applicationRuns) this.replication.write(site);
  }

  /** Sends a command to its fate. */
  send(command: Command): Sent {
    if (this.now < this.lockHeldUntil && command.kind !== 'compareSites') return this.failed('LockHeld');
    const fate = this.fates.shift();
    return runsLong(command) ? this.sendLong(command, fate) : this.sendShort(command, fate);
  }

  private sendShort(command: Command, fate: CommandFate | undefined): CommandOutcome {
    if (fate === 'findsNoWorker') return this.failed(failureOf(command, 'noWorker'));
    if (fate === 'isRefused') return this.failed(failureOf(command, 'refused'));
    const asked = askedOf(command);
    if (asked && !this.answers(asked)) return this.failed('InfinispanUnreachable');
    const refused = obstacle(command, this.place);
    if (refused) return this.failed(refused);
    if ('groupArn' in command && this.now < this.trafficRefusesUntil) return this.failed('TrafficDenied');
    switch (fate) {
      case 'timesOutAndIsLost':
        return this.failed('CommandTimedOut');
      case 'timesOutAndLandsLater':
        this.landLater(command, timeOutMs + landsAfterMs.timedOut);
        return this.failed('CommandTimedOut');
      case 'takesEffectAndReportsFailure':
        this.land(command);
        return this.failed(failureOf(command, 'unanswered'));
      case 'takesHalfItsEffect':
        this.land(halfOf(command) ?? command);
        return this.failed(failureOf(command, 'unanswered'));
      case 'isAcceptedAndLandsLater':
        // Global Accelerator takes a change and makes it later; Infinispan has done what it answers.
        if (!('groupArn' in command) && command.kind !== 'takeBackupOffline') break;
        this.landLater(command, landsAfterMs.accepted);
        return { accepted: { at: this.now } };
      case undefined:
        break;
    }
    const wrong = this.land(command);
    return wrong ? this.failed(wrong) : { accepted: { at: this.now } };
  }

  private sendLong(command: Command, fate: CommandFate | undefined): Sent {
    const ends = (takesMs: number, outcome: () => CommandOutcome): Sent => ({ endsAt: this.now + takesMs, outcome });
    if (fate === 'findsNoWorker') return ends(seconds(10), () => this.failed(failureOf(command, 'noWorker')));
    if (fate === 'isRefused') return ends(seconds(1), () => this.failed(failureOf(command, 'refused')));
    const refused = obstacle(command, this.place);
    if (refused) return ends(50, () => this.failed(refused));
    const compared = command.kind === 'compareSites' ? beginComparison(command, this.place, () => this.now) : undefined;
    const at = this.now;
    if (fate === 'timesOutAndIsLost') return ends(seconds(60), () => this.failed('CommandTimedOut'));
    if (fate === 'timesOutAndLandsLater') {
      this.landLater(command, seconds(60) + landsAfterMs.timedOut);
      return ends(seconds(60), () => this.failed('CommandTimedOut'));
    }
    return ends(fate === 'isAcceptedAndLandsLater' ? seconds(60) : longTakesMs, () => {
      const comparison = compared?.();
      if (typeof comparison === 'string') return this.failed(comparison);
      this.land(command);
      if (fate === undefined || fate === 'isAcceptedAndLandsLater') return { accepted: { at, comparison } };
      return this.failed(failureOf(command, 'unanswered'));
    });
  }

  private failed(type: FailureType): CommandOutcome {
    return { failed: { type, message: type, mayStillLand: mayStillLand(type) } };
  }

  private landLater(command: Command, afterMs: number): void {
    this.landings.push({ at: this.now + afterMs, command, land: () => this.land(command) });
  }

  private land(command: Command): FailureType | undefined {
    this.whileOpen.takesEffect(command);
    const wrong = takeEffect(command, this.place, this.whileOpen.staleSite() as SimulatedSite | undefined);
    return wrong ?? undefined;
  }

  apply(event: WorldEvent): void {
    const { replication, traffic } = this;
    switch (event.kind) {
      case 'link':
        return replication.connect(event);
      case 'siteGoesDown':
        replication.sites[event.site].up = false;
        return;
      case 'siteComesUp':
        if (!replication.sites[event.site].up && this.power[event.site].on) replication.restart(event.site);
        return;
      case 'siteRestarts':
        if (this.power[event.site].on) replication.restart(event.site);
        return;
      case 'somebodySwitchesOff':
      case 'somebodySwitchesOn':
        return this.switchTo(event.site, event.kind === 'somebodySwitchesOn', 'somebodyElse');
      case 'devicesSay':
        this.devicesSay[event.site] = event.says;
        return;
      case 'trafficRefuses':
        this.trafficRefusesUntil = this.now + seconds(event.forSeconds);
        return;
      case 'lockIsHeld':
        this.lockHeldUntil = this.now + seconds(event.forSeconds);
        return;
      case 'somebodyAdds':
        return traffic.somebodyAdds(event.site, event.group);
      case 'somebodyRemoves':
        traffic.groupAt(event.group).endpoints.delete(event.site);
        return;
      case 'somebodyDetaches':
        if (replication.sites[event.site].up) replication.setBackups(event.site, 'offline', 'somebodyElse');
        return;
      case 'somebodyAttaches':
        return replication.setBackups(event.site, 'online', 'somebodyElse');
      case 'strayWrite':
        return this.writeAt(event.site);
      case 'applicationStops':
      case 'applicationStarts':
        replication.sites[event.site].applicationRuns = event.kind === 'applicationStarts';
        return;
      case 'neverHealthy':
        traffic.neverHealthy = event.site;
        return;
      case 'pushEnds':
      case 'pushSticks':
        return replication.disturbPush(event.site, event.kind === 'pushEnds' ? 'ends' : 'sticks');
      case 'cluster':
        replication.sites[event.site].cluster = event.cluster;
        return;
      case 'health':
        for (const endpoint of traffic.endpointsOf(event.site)) endpoint.health = event.health;
        return;
      case 'weight': {
        const endpoint = traffic.groupAt(event.group).endpoints.get(event.site);
        if (endpoint) endpoint.weight = event.weight;
        return;
      }
      case 'dial':
        traffic.groupAt(event.group).dial = event.dial;
        return;
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
