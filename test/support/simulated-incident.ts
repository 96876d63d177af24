/**
 * A whole incident in one process and without a clock: two sites, the link between them, Global Accelerator, people, other
 * writers, and the loop of workflows/site-pair-run.ts around the pure rules. Every effect on the world is checked against
 * the invariants as it happens, so that what is asked is what is so, and not what was read.
 */
import { assess } from '../../domain/assess';
import { sameJson } from '../../domain/canonical-json';
import { recordOutcome, type CommandOutcome } from '../../domain/command-outcome';
import type { Command } from '../../domain/command';
import { groupObstacle, keepSiteObstacle } from '../../domain/eligibility';
import { paceOf, type Next, type Outcome } from '../../domain/next';
import type { BackupStatus, EndpointGroup, EndpointHealth, Observation, Reading } from '../../domain/observation';
import { decisionRefusal, requestRefusal } from '../../domain/requests';
import { otherSite, type SiteName, type SitePair } from '../../domain/site-pair';
import { newRunState, type Decision, type Heard, type Roles, type RunState } from '../../domain/state';
import { seconds, type EpochMs } from '../../domain/time';
import { groupsOf, isServedBy } from '../../domain/traffic';
import { allDetached, detachedCaches } from '../../domain/verdict';

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

export type IncidentEvent =
  | { kind: 'link'; siteASees: boolean; siteBSees: boolean }
  | { kind: 'siteGoesDown' | 'siteComesUp' | 'siteRestarts'; site: SimulatedSite }
  | { kind: 'somebodyAdds' | 'somebodyRemoves'; site: SimulatedSite; group: number }
  | { kind: 'somebodyDetaches' | 'somebodyAttaches'; site: SimulatedSite }
  | { kind: 'health'; site: SimulatedSite; health: EndpointHealth }
  | { kind: 'weight'; site: SimulatedSite; group: number; weight: number }
  | { kind: 'dial'; group: number; dial: number }
  | { kind: 'unread'; what: 'traffic' | SimulatedSite; forSeconds: number }
  | { kind: 'fate'; fate: CommandFate; commands: number }
  | { kind: 'alert' | 'resolved'; reporter: SimulatedSite }
  | { kind: 'request'; site: SimulatedSite }
  | { kind: 'hold' | 'release' | 'retry' | 'abort' }
  /** To whatever is asked; the site is said where one may be chosen. */
  | { kind: 'approves' | 'rejects'; site: SimulatedSite }
  | { kind: 'timePasses'; seconds: number };

export interface SimulatedOptions {
  groups: number;
  stableSeconds: number;
  preferredSite?: SimulatedSite;
  mode?: SitePair['mode'];
  whenPutBack?: SitePair['policy']['whenPutBack'];
}

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

const sites = ['site-a', 'site-b'] as const;
const commandTakesMs = 50;
const timeOutMs = seconds(5);
/** A command that timed out, or was only accepted, lands this much later. */
const landsAfterMs = { timedOut: seconds(4), accepted: seconds(8) } as const;
const freshEndpointChecksMs = seconds(10);
/** How long an abort may take to make things safe. */
const abortTriesMs = seconds(30);
/** Starts are read in whole seconds, so one that is closer is not told from the one before. */
const restartShowsAfterMs = seconds(3);

export class SimulatedIncident {
  readonly pair: SitePair;
  now: EpochMs = Date.parse('2026-11-22T03:12:00Z');
  run?: RunState;
  lastNext?: Next;
  /** What went against an invariant, in the order in which it happened. */
  readonly violations: string[] = [];
  /** What happened, for whoever reads a failure. */
  readonly story: string[] = [];
  readonly commands: Command[] = [];
  readonly link = { 'site-a': true, 'site-b': true };
  private readonly groups: WorldGroup[];
  private readonly sites: Record<SimulatedSite, WorldSite>;
  private readonly unreadUntil: Record<string, EpochMs> = {};
  private fates: CommandFate[] = [];
  private landings: { at: EpochMs; command: Command; land: () => void }[] = [];
  private betweenReadingAndActing: IncidentEvent[] = [];
  /** Of this run only. */
  private removalsSent = new Map<string, EpochMs>();
  private keepSiteDetachSent = false;
  private trafficReadAt = 0;
  private messages = 0;
  private exposedSince?: EpochMs;
  private calmSince = 0;

  constructor({ groups, stableSeconds, preferredSite, mode = 'act', whenPutBack = 'repair' }: SimulatedOptions) {
    this.pair = {
      name: 'keycloak-prod',
      sites,
      caches: ['sessions', 'work'],
      endpoints: {
        'site-a': { weight: 128, clientIpPreservation: false },
        'site-b': { weight: 128, clientIpPreservation: false },
      },
      mode,
      policy: { preferredSite, stableSeconds, gates: { fence: { approvals: 0 } }, whenPutBack },
    };
    this.groups = Array.from({ length: groups }, (_, index) => ({
      arn: `arn:aws:globalaccelerator::111122223333:accelerator/x/listener/y/endpoint-group/${index}`,
      dial: 100,
      endpoints: new Map(sites.map((site) => [site, this.endpoint('peaceTime')])),
      removedByUs: new Set(),
    }));
    const site = (): WorldSite => ({ up: true, startedAt: this.now - seconds(3_600), entries: 100, backup: 'online' });
    this.sites = { 'site-a': site(), 'site-b': site() };
  }

  happens(event: IncidentEvent): void {
    this.story.push(`${this.clock()} ${JSON.stringify(event)}`);
    this.apply(event);
    this.check('an event');
  }

  /** The event comes between the next observation and the command that follows from it. */
  happensWhileActing(event: IncidentEvent): void {
    this.betweenReadingAndActing.push(event);
  }

  /** One turn of the run's loop: observe, assess, do one command or wait. Nothing when no run is open. */
  round(): void {
    const { run } = this;
    if (!run) return this.advance(seconds(1));
    const observation = this.observe();
    if (groupsOf(observation)) this.trafficReadAt = observation.at;
    const { next, remember } = assess({
      pair: this.pair,
      state: run,
      observation,
      now: this.now,
      digest: (text) => text,
    });
    run.known = remember ?? run.known;
    if (!sameJson(next, this.lastNext)) this.story.push(`${this.clock()} -> ${JSON.stringify(next)}`);
    this.lastNext = next;
    const raced = this.betweenReadingAndActing;
    this.betweenReadingAndActing = [];
    for (const event of raced) this.happens(event);
    if (next.kind === 'do') return this.carryOut(run, next.command, observation);
    if (next.kind === 'finish') {
      if (!raced.some(speaksToTheRun)) this.end(next.outcome);
      return;
    }
    this.advance(paceOf(next) === 'fast' ? seconds(1) : seconds(5));
  }

  /** A run that ends by itself leaves no site out that it had removed; after an abort that is for people to do. */
  private end(outcome: Outcome): void {
    const abortedAt = this.run?.heard.abort?.at;
    const underWay = this.landings.some(({ command }) => this.wouldChangeTraffic(command));
    if (underWay && (abortedAt === undefined || this.now - abortedAt < abortTriesMs)) {
      this.violate(`the run ended ${outcome} though a change of traffic was under way`);
    }
    this.run = undefined;
    for (const { arn, removedByUs } of this.groups) {
      if (outcome !== 'aborted' && removedByUs.size > 0) {
        this.violate(`L2: the run ended ${outcome} and left ${[...removedByUs].join()} out of ${arn}`);
      }
      removedByUs.clear();
    }
  }

  /** For how long an open run has let both sites be admitted in a calm world, though one is detached by us: somebody else added it. */
  exposedMs(): number {
    const { run, exposedSince } = this;
    return !run || run.heard.abort || exposedSince === undefined
      ? 0
      : this.now - Math.max(exposedSince, run.startedAt, this.calmSince);
  }

  /** Everything answers and works from now on, and nobody else writes; the link is as told. */
  calmDown(link: { siteASees: boolean; siteBSees: boolean }): void {
    this.story.push(`${this.clock()} calm`);
    this.fates = [];
    this.betweenReadingAndActing = [];
    for (const what of Object.keys(this.unreadUntil)) delete this.unreadUntil[what];
    for (const site of sites) if (!this.sites[site].up) this.apply({ kind: 'siteComesUp', site });
    for (const group of this.groups) {
      group.dial = 100;
      for (const endpoint of group.endpoints.values()) Object.assign(endpoint, { health: 'HEALTHY', weight: 128 });
    }
    this.apply({ kind: 'link', ...link });
    this.apply({ kind: 'release' });
    this.calmSince = this.now;
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
    return keepSiteObstacle(this.observe(), { keepSite, staleSite: otherSite(this.pair, keepSite) }) === undefined;
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

  private advance(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const [landing] = this.landings.filter(({ at }) => at <= end).sort((left, right) => left.at - right.at);
      if (!landing) break;
      this.landings = this.landings.filter((other) => other !== landing);
      this.now = Math.max(this.now, landing.at);
      landing.land();
      this.check('a command that landed later');
    }
    this.now = end;
    for (const { endpoints } of this.groups)
      for (const endpoint of endpoints.values())
        if (endpoint.health === 'INITIAL' && this.now - endpoint.since > freshEndpointChecksMs)
          endpoint.health = 'HEALTHY';
  }

  private carryOut(run: RunState, command: Command, observation: Observation): void {
    this.commands.push(command);
    this.checkCommand(run, command, observation);
    const sentAt = this.now;
    const outcome = this.send(command);
    if (outcome !== 'accepted') this.story.push(`${this.clock()}    ${outcome.failed.type}`);
    this.advance(outcome !== 'accepted' && outcome.failed.type === 'CommandTimedOut' ? timeOutMs : commandTakesMs);
    const recorded: CommandOutcome = outcome === 'accepted' ? { accepted: { at: sentAt } } : outcome;
    run.commands = recordOutcome(run.commands, command, recorded, this.now);
    this.check('a command');
  }

  /** An addition would, even of what is there: after the next removal. */
  private wouldChangeTraffic(command: Command): boolean {
    if (command.kind === 'takeBackupOffline') return false;
    if (command.kind === 'addEndpoint') return true;
    return this.groups.some(({ arn, endpoints }) => arn === command.groupArn && endpoints.has(command.site));
  }

  private send(command: Command): 'accepted' | Extract<CommandOutcome, { failed: unknown }> {
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
      const staleSite = this.run?.known.roles?.staleSite ?? command.backupSite;
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

  // What must never be, asked of the world.

  private check(after: string): void {
    const detachedByUs = sites.some((site) => this.sites[site].detachedByUsFor !== undefined);
    this.exposedSince = detachedByUs && this.admitted().length === 2 ? (this.exposedSince ?? this.now) : undefined;
    for (const site of sites) {
      const staleSite = this.sites[site].detachedByUsFor;
      if (staleSite === undefined) continue;
      const keepSite = otherSite(this.pair, staleSite);
      if (this.admittedByOurDoing(staleSite) && this.admittedByOurDoing(keepSite)) {
        this.violate(`S1: both sites are admitted while ${site} is detached by us, after ${after}`);
      }
    }
  }

  private admittedByOurDoing(site: SiteName): boolean {
    return this.groups.some(({ endpoints }) => {
      const endpoint = endpoints.get(site);
      return endpoint !== undefined && endpoint.by !== 'somebodyElse';
    });
  }

  private checkCommand(run: RunState, command: Command, observation: Observation): void {
    const { roles } = run.known;
    const read = groupsOf(observation);
    const groups = read ?? [];
    if (!roles) return this.violate('a command without roles');
    const repeats = command.kind === 'takeBackupOffline' && run.known.fencedAt !== undefined;
    if (!read && !repeats) return this.violate('a command without having read the groups');
    switch (command.kind) {
      case 'removeEndpoint': {
        const key = `${command.groupArn}/${command.site}`;
        if (!this.removalsSent.has(key)) this.removalsSent.set(key, this.now);
        const group = groups.find(({ arn }) => arn === command.groupArn);
        const health = observation.sites[roles.keepSite]?.health;
        const status = health && 'value' in health ? health.value : undefined;
        if (command.site !== roles.staleSite || !group || groupObstacle(group, roles, status)) {
          this.violate('S2: a removal that leaves a group without an eligible endpoint');
        }
        return;
      }
      case 'takeBackupOffline': {
        if (command.onSite === roles.keepSite) this.keepSiteDetachSent = true;
        const mustBeOut = run.known.admission ? roles.keepSite : roles.staleSite;
        const serving = this.groups.map(({ endpoints }) => endpoints.get(mustBeOut)).filter(Boolean);
        const unseen = serving.every(
          (endpoint) => endpoint?.by === 'somebodyElse' && endpoint.since >= this.trafficReadAt,
        );
        if (!unseen) this.violate(`S3: ${command.onSite} is detached while ${mustBeOut} serves`);
        return;
      }
      case 'removeLostEndpoint':
        return this.checkLostRemoval(command, run);
      case 'addEndpoint': {
        if (run.known.admission) return this.checkAdmission(roles, command, observation);
        const detached = detachedCaches(observation, roles.keepSite) ?? [];
        if (this.keepSiteDetachSent || detached.length > 0) this.violate('S4: an add after a detach');
        const removedAt = this.removalsSent.get(`${command.groupArn}/${command.site}`);
        if (command.site !== roles.staleSite || removedAt === undefined) {
          return this.violate('S4: an add of what this run did not remove');
        }
        const { startedAt } = this.sites[roles.keepSite as SimulatedSite];
        const group = groups.find(({ arn }) => arn === command.groupArn);
        const keepSiteServes = group?.endpoints.some(({ site }) => site === roles.keepSite);
        if (
          keepSiteServes &&
          isServedBy(groups, roles.keepSite) &&
          startedAt < observation.at &&
          startedAt > removedAt + restartShowsAfterMs
        ) {
          this.violate('S4: an add though the kept site came back empty since the removal');
        }
      }
    }
  }

  /** Only by a decision, and never a site that is well in every group. */
  private checkLostRemoval({ site, plan }: Extract<Command, { kind: 'removeLostEndpoint' }>, run: RunState): void {
    const { admission, roles } = run.known;
    const approved = run.heard.decisions.some((said) => said.kind === 'approve' && said.plan === plan && !said.refused);
    if (!approved || admission?.plan !== plan) this.violate('S6: the kept site is removed without a decision');
    if (site !== roles?.keepSite) this.violate('S6: the site that is removed as lost is not the kept one');
  }

  /** The other site is out everywhere, and this one no longer waits for it. */
  private checkAdmission({ keepSite, staleSite }: Roles, { site }: { site: SiteName }, observation: Observation): void {
    const groups = groupsOf(observation) ?? [];
    if (site !== staleSite) this.violate('S4: what is admitted is not the stale site');
    if (groups.some(({ endpoints }) => endpoints.some((endpoint) => endpoint.site === keepSite))) {
      this.violate('S1: the stale site is admitted while the lost one is in traffic');
    }
    if (!allDetached(observation, staleSite)) this.violate('S1: the stale site is admitted while it replicates');
  }

  private violate(what: string): void {
    this.violations.push(what);
    this.story.push(`${this.clock()} !! ${what}`);
  }

  // What others do.

  private apply(event: IncidentEvent): void {
    switch (event.kind) {
      case 'link':
        this.link['site-a'] = event.siteASees;
        this.link['site-b'] = event.siteBSees;
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
        this.sites[event.site].backup = 'online';
        this.sites[event.site].detachedByUsFor = undefined;
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
      case 'alert':
      case 'resolved':
        return this.hearAlert(event.reporter, event.kind === 'alert' ? 'firing' : 'resolved');
      case 'request':
        return this.hearRequest(event.site);
      case 'timePasses':
        return this.advance(seconds(event.seconds));
      case 'hold':
      case 'release':
      case 'retry':
      case 'abort':
        return this.hearDecision(event.kind);
      case 'approves':
      case 'rejects':
        return this.hearAnswer(event.kind === 'approves' ? 'approve' : 'reject', event.site);
    }
  }

  /** It forgets "offline", and its caches are empty. */
  private restart(site: SimulatedSite): void {
    this.sites[site] = { up: true, startedAt: this.now, entries: 0, backup: 'online' };
  }

  private openRun(goal: 'protect' | 'fence'): RunState {
    if (this.run) return this.run;
    this.removalsSent = new Map();
    this.keepSiteDetachSent = false;
    this.lastNext = undefined;
    this.run = newRunState({ pair: this.pair.name, goal, incident: `incident-${this.now}`, startedAt: this.now });
    return this.run;
  }

  private hearAlert(reporter: SimulatedSite, status: 'firing' | 'resolved'): void {
    if (!this.run && status === 'resolved') return;
    const run = this.openRun('protect');
    const { alerts } = run.heard;
    const before = alerts[reporter];
    const heard = {
      fingerprint: reporter,
      status,
      alertname: 'SiteOffline',
      site: otherSite(this.pair, reporter),
      reporter,
      startsAt: '2026-11-22T03:12:00Z',
      order: before?.order ?? Object.keys(alerts).length,
      firstHeardAt: before?.firstHeardAt ?? this.now,
      lastHeardAt: this.now,
      timesHeard: (before?.timesHeard ?? 0) + 1,
    };
    this.hear(run, { alerts: { ...alerts, [reporter]: heard } });
  }

  private hearRequest(site: SimulatedSite): void {
    const run = this.openRun('fence');
    this.messages += 1;
    const request = { id: `request-${this.messages}`, goal: 'fence', site, by: 'somebody', reason: 'a test' } as const;
    const heard = { ...request, at: this.now, refused: requestRefusal(run, request) };
    this.hear(run, { requests: [...run.heard.requests, heard] });
  }

  private hearDecision(kind: 'hold' | 'release' | 'retry' | 'abort'): void {
    const { run } = this;
    if (!run) return;
    const decision: Decision = { kind, by: 'somebody', how: 'cli', reason: 'a test' };
    if (decisionRefusal(run, decision, this.lastNext)) return;
    const said = { by: 'somebody', reason: 'a test', at: this.now };
    if (kind === 'abort') this.hear(run, { abort: said });
    if (kind === 'hold') this.hear(run, { hold: said });
    if (kind === 'release') this.hear(run, { hold: undefined });
    if (kind === 'retry') run.commands = { ...run.commands, failures: {} };
  }

  private hearAnswer(kind: 'approve' | 'reject', chosen: SimulatedSite): void {
    const { run, lastNext } = this;
    if (!run || lastNext?.kind !== 'ask') return;
    const { gate, plan, choices } = lastNext;
    const site = choices?.includes(chosen) ? chosen : undefined;
    const decision: Decision = { kind, gate, plan, site, by: 'somebody', how: 'cli', reason: 'a test' };
    const refused = decisionRefusal(run, decision, lastNext);
    const heard = { ...decision, at: this.now, epoch: run.known.epoch, refused };
    this.hear(run, { decisions: [...run.heard.decisions, heard] });
  }

  private hear(run: RunState, part: Partial<Heard>): void {
    run.heard = { ...run.heard, ...part };
  }

  private clock(): string {
    return new Date(this.now).toISOString().slice(11, 23);
  }
}

/** A message that comes while a run ends keeps it open: no await stands between its last look into the inbox and its end. */
function speaksToTheRun({ kind }: IncidentEvent): boolean {
  return ['alert', 'resolved', 'request', 'hold', 'release', 'retry', 'abort', 'approves', 'rejects'].includes(kind);
}
