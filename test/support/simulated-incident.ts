/**
 * A whole incident in one process and without a clock: the simulated world, people, and the loop of
 * workflows/site-pair-run.ts around the pure rules. Every effect on the world is checked against the invariants as it happens,
 * so that what is asked is what is so, and not what was read.
 */
import { assess } from '../../domain/assess';
import { sameJson } from '../../domain/canonical-json';
import { recordOutcome, type CommandOutcome } from '../../domain/command-outcome';
import type { Command } from '../../domain/command';
import { groupObstacle } from '../../domain/eligibility';
import { paceOf, type Next, type Outcome } from '../../domain/next';
import type { Observation } from '../../domain/observation';
import { decisionRefusal, requestRefusal } from '../../domain/requests';
import { otherSite, type SiteName, type SitePair } from '../../domain/site-pair';
import { newRunState, type Decision, type Heard, type Roles, type RunState } from '../../domain/state';
import { seconds, type EpochMs } from '../../domain/time';
import { groupsOf, isServedBy } from '../../domain/traffic';
import { allDetached, detachedCaches } from '../../domain/verdict';
import { SimulatedWorld, sites, timeOutMs, type SimulatedSite, type WorldEvent } from './simulated-world';
import { gatePolicies } from './gate-policies';

/** What is said to the run. */
type Message =
  | { kind: 'alert' | 'resolved'; reporter: SimulatedSite }
  | { kind: 'request'; site: SimulatedSite }
  | { kind: 'hold' | 'release' | 'retry' | 'abort' }
  /** To whatever is asked; the site is said where one may be chosen. */
  | { kind: 'approves' | 'rejects'; site: SimulatedSite };

export type IncidentEvent = WorldEvent | Message;

export interface SimulatedOptions {
  groups: number;
  stableSeconds: number;
  preferredSite?: SimulatedSite;
  mode?: SitePair['mode'];
  whenPutBack?: SitePair['policy']['whenPutBack'];
}

const commandTakesMs = 50;
/** How long an abort may take to make things safe. */
const abortTriesMs = seconds(30);
/** Starts are read in whole seconds, so one that is closer is not told from the one before. */
const restartShowsAfterMs = seconds(3);

export class SimulatedIncident {
  readonly pair: SitePair;
  run?: RunState;
  lastNext?: Next;
  /** What went against an invariant, in the order in which it happened. */
  readonly violations: string[] = [];
  /** What happened, for whoever reads a failure. */
  readonly story: string[] = [];
  readonly commands: Command[] = [];
  readonly world: SimulatedWorld;
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
      policy: { preferredSite, stableSeconds, gates: gatePolicies(), whenPutBack },
    };
    this.world = new SimulatedWorld(groups, {
      staleSite: () => this.run?.known.roles?.staleSite,
      landed: (what) => this.check(what),
    });
  }

  happens(event: IncidentEvent): void {
    this.story.push(`${this.world.clock()} ${JSON.stringify(event)}`);
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
    if (!run) return this.world.advance(seconds(1));
    const observation = this.world.observe();
    if (groupsOf(observation)) this.trafficReadAt = observation.at;
    const { next, remember } = assess({
      pair: this.pair,
      state: run,
      observation,
      now: this.world.now,
      digest: (text) => text,
    });
    run.known = remember ?? run.known;
    if (!sameJson(next, this.lastNext)) this.story.push(`${this.world.clock()} -> ${JSON.stringify(next)}`);
    this.lastNext = next;
    const raced = this.betweenReadingAndActing;
    this.betweenReadingAndActing = [];
    for (const event of raced) this.happens(event);
    if (next.kind === 'do') return this.carryOut(run, next.command, observation);
    if (next.kind === 'finish') {
      if (!raced.some(speaksToTheRun)) this.end(next.outcome);
      return;
    }
    this.world.advance(paceOf(next) === 'fast' ? seconds(1) : seconds(5));
  }

  /** A run that ends by itself leaves no site out that it had removed; after an abort that is for people to do. */
  private end(outcome: Outcome): void {
    const abortedAt = this.run?.heard.abort?.at;
    if (this.world.changesTrafficLater() && (abortedAt === undefined || this.world.now - abortedAt < abortTriesMs)) {
      this.violate(`the run ended ${outcome} though a change of traffic was under way`);
    }
    this.run = undefined;
    for (const { arn, removedByUs } of this.world.groups) {
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
      : this.world.now - Math.max(exposedSince, run.startedAt, this.calmSince);
  }

  calmDown(link: { siteASees: boolean; siteBSees: boolean }): void {
    this.story.push(`${this.world.clock()} calm`);
    this.betweenReadingAndActing = [];
    this.world.calmDown(link);
    this.apply({ kind: 'release' });
    this.calmSince = this.world.now;
  }

  private carryOut(run: RunState, command: Command, observation: Observation): void {
    this.commands.push(command);
    this.checkCommand(run, command, observation);
    const sentAt = this.world.now;
    const outcome = this.world.send(command);
    if (outcome !== 'accepted') this.story.push(`${this.world.clock()}    ${outcome.failed.type}`);
    this.world.advance(
      outcome !== 'accepted' && outcome.failed.type === 'CommandTimedOut' ? timeOutMs : commandTakesMs,
    );
    const recorded: CommandOutcome = outcome === 'accepted' ? { accepted: { at: sentAt } } : outcome;
    run.commands = recordOutcome(run.commands, command, recorded, this.world.now);
    this.check('a command');
  }

  private check(after: string): void {
    const detachedByUs = sites.some((site) => this.world.sites[site].detachedByUsFor !== undefined);
    this.exposedSince =
      detachedByUs && this.world.admitted().length === 2 ? (this.exposedSince ?? this.world.now) : undefined;
    for (const site of sites) {
      const staleSite = this.world.sites[site].detachedByUsFor;
      if (staleSite === undefined) continue;
      const keepSite = otherSite(this.pair, staleSite);
      if (this.world.admittedByOurDoing(staleSite) && this.world.admittedByOurDoing(keepSite)) {
        this.violate(`S1: both sites are admitted while ${site} is detached by us, after ${after}`);
      }
    }
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
        if (!this.removalsSent.has(key)) this.removalsSent.set(key, this.world.now);
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
        const serving = this.world.groups.map(({ endpoints }) => endpoints.get(mustBeOut)).filter(Boolean);
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
        const { startedAt } = this.world.sites[roles.keepSite as SimulatedSite];
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
    this.story.push(`${this.world.clock()} !! ${what}`);
  }

  private apply(event: IncidentEvent): void {
    if (!speaksToTheRun(event)) return this.world.apply(event);
    switch (event.kind) {
      case 'alert':
      case 'resolved':
        return this.hearAlert(event.reporter, event.kind === 'alert' ? 'firing' : 'resolved');
      case 'request':
        return this.hearRequest(event.site);
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

  private openRun(goal: 'protect' | 'fence'): RunState {
    if (this.run) return this.run;
    this.removalsSent = new Map();
    this.keepSiteDetachSent = false;
    this.lastNext = undefined;
    this.run = newRunState({
      pair: this.pair.name,
      goal,
      incident: `incident-${this.world.now}`,
      startedAt: this.world.now,
    });
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
      firstHeardAt: before?.firstHeardAt ?? this.world.now,
      lastHeardAt: this.world.now,
      timesHeard: (before?.timesHeard ?? 0) + 1,
    };
    this.hear(run, { alerts: { ...alerts, [reporter]: heard } });
  }

  private hearRequest(site: SimulatedSite): void {
    const run = this.openRun('fence');
    this.messages += 1;
    const request = { id: `request-${this.messages}`, goal: 'fence', site, by: 'somebody', reason: 'a test' } as const;
    const heard = { ...request, at: this.world.now, refused: requestRefusal(run, request, this.world.now) };
    this.hear(run, { requests: [...run.heard.requests, heard] });
  }

  private hearDecision(kind: 'hold' | 'release' | 'retry' | 'abort'): void {
    const { run } = this;
    if (!run) return;
    const decision: Decision = { kind, by: 'somebody', how: 'cli', reason: 'a test' };
    if (decisionRefusal(run, decision, this.lastNext, this.world.now)) return;
    const said = { by: 'somebody', reason: 'a test', at: this.world.now };
    if (kind === 'abort') this.hear(run, { abort: said });
    if (kind === 'hold' || kind === 'release') this.hear(run, { hold: kind === 'hold' ? said : undefined });
    if (kind === 'retry') run.commands = { ...run.commands, failures: {} };
  }

  private hearAnswer(kind: 'approve' | 'reject', chosen: SimulatedSite): void {
    const { run, lastNext } = this;
    if (!run || lastNext?.kind !== 'ask') return;
    const { gate, plan, choices } = lastNext;
    const site = choices?.includes(chosen) ? chosen : undefined;
    const decision: Decision = { kind, gate, plan, site, by: 'somebody', how: 'cli', reason: 'a test' };
    const refused = decisionRefusal(run, decision, lastNext, this.world.now);
    const heard = { ...decision, at: this.world.now, epoch: run.known.epoch, refused };
    this.hear(run, { decisions: [...run.heard.decisions, heard] });
  }

  private hear(run: RunState, part: Partial<Heard>): void {
    run.heard = { ...run.heard, ...part };
  }
}

/** A message that comes while a run ends keeps it open: no await stands between its last look into the inbox and its end. */
function speaksToTheRun(event: IncidentEvent): event is Message {
  return ['alert', 'resolved', 'request', 'hold', 'release', 'retry', 'abort', 'approves', 'rejects'].includes(
    event.kind,
  );
}
