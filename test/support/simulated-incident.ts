/**
 * A whole incident in one process and without a clock: the simulated world, people, and the loop of
 * workflows/site-pair-run.ts around the pure rules, with the invariants asked of the world at every effect.
 */
import { assess } from '../../domain/assess';
import { sameJson } from '../../domain/canonical-json';
import { recordOutcome, type CommandOutcome } from '../../domain/command-outcome';
import { runsLong, type Command } from '../../domain/command';
import { needsSightings } from '../../domain/ballots';
import { devicesToRead } from '../../domain/fence-levels';
import { paceOf, type Next, type Outcome } from '../../domain/next';
import type { Observation } from '../../domain/observation';
import type { Fencing, Gate, GatePolicy, MajorityPolicy, SitePair, WorkloadKind } from '../../domain/site-pair';
import { newRunState, type RunState } from '../../domain/state';
import type { Goal, GoalRequest, Heard } from '../../domain/heard';
import { seconds, type EpochMs } from '../../domain/time';
import { SimulatedChecks } from './simulated-checks';
import { quorumPolicy } from './gate-policies';
import { isMessage, SimulatedPeople, type Message } from './simulated-people';
import { caches, sites, type SimulatedSite } from './simulated-replication';
import { SimulatedWitnesses, type WitnessEvent } from './simulated-witnesses';
import { SimulatedWorld, timeOutMs, type Sent, type WorldEvent } from './simulated-world';

export type IncidentEvent = WorldEvent | WitnessEvent | Message;

export interface SimulatedOptions {
  groups: number;
  stableSeconds: number;
  preferredSite?: SimulatedSite;
  mode?: SitePair['mode'];
  whenPutBack?: SitePair['policy']['whenPutBack'];
  /** How many people must approve a synchronize, and a return. */
  approvals?: number;
  /** How many people must approve a fence. */
  fenceApprovals?: number;
  expiresSeconds?: number;
  workload?: WorkloadKind;
  /** What fences beside Global Accelerator; nothing, unless given. */
  fencing?: SimulatedFencing;
  /** How many of them there are; none, unless told otherwise. */
  witnesses?: number;
  majority?: MajorityPolicy;
  /** So far the clock by which messages are dated is ahead of the worker's. */
  messagesAheadMs?: number;
}

/**
 * `agent`: level 2; `agents`: levels 2 and 3; `manual`: a person as level 2; `beside`: an agent in Global Accelerator's own level;
 * `before`: an agent as level 1, Global Accelerator as level 2.
 */
export type SimulatedFencing = 'agent' | 'agents' | 'manual' | 'beside' | 'before';

const commandTakesMs = 50;
/** How long an abort may take to make things safe. */
const abortTriesMs = seconds(30);

/** A long command that goes on beside the loop. */
interface Running {
  round: number;
  command: Command;
  endsAt: EpochMs;
  outcome: () => CommandOutcome;
}

export class SimulatedIncident {
  readonly pair: SitePair;
  run?: RunState;
  lastNext?: Next;
  lastOutcome?: Outcome;
  /** What went against an invariant, in the order in which it happened. */
  readonly violations: string[] = [];
  /** What happened, for whoever reads a failure. */
  readonly story: string[] = [];
  readonly commands: Command[] = [];
  readonly world: SimulatedWorld;
  /** The next command is sent twice, and it is the second answer that is heard. */
  repeats = false;
  /** Called right before the command with this index, from 0, is sent. */
  beforeCommand?: (index: number) => unknown;
  private readonly people: SimulatedPeople;
  private readonly witnesses: SimulatedWitnesses;
  private readonly checks: SimulatedChecks;
  private betweenReadingAndActing: IncidentEvent[] = [];
  private running?: Running;
  private calmSince = 0;

  constructor(options: SimulatedOptions) {
    this.witnesses = new SimulatedWitnesses(options.witnesses ?? 0);
    this.pair = pairWith(options, this.witnesses);
    this.world = new SimulatedWorld(options.groups, options.workload ?? 'exec', {
      staleSite: () => this.run?.known.roles?.staleSite,
      takesEffect: (command) => this.checks.takesEffect(command),
      landed: (what) => this.checks.afterwards(what),
    });
    this.people = new SimulatedPeople(this.pair, () => this.world.now, options.messagesAheadMs);
    this.checks = new SimulatedChecks(this.pair, this.world, this.people, (what) => this.violate(what));
  }

  happens(event: IncidentEvent): void {
    this.tell(JSON.stringify(event));
    this.apply(event);
    this.checks.afterwards('an event');
  }

  /** The event comes between the next observation and the command that follows from it. */
  happensWhileActing(event: IncidentEvent): void {
    this.betweenReadingAndActing.push(event);
  }

  /** One turn of the run's loop: observe, assess, do one command or wait. Nothing when no run is open. */
  round(): void {
    this.endRunning();
    const { run } = this;
    if (!run) return this.world.advance(seconds(1));
    const read = this.world.observe(this.devicesToRead(run));
    const observation = needsSightings(run.known) ? this.witnesses.seenWith(read) : read;
    this.checks.seen(observation, run.known);
    const { pair, world } = this;
    const { next, remember } = assess({ pair, state: run, observation, now: world.now, digest: (text) => text });
    run.known = remember ?? run.known;
    if (!sameJson(next, this.lastNext)) this.tell(`-> ${JSON.stringify(next)}`);
    this.lastNext = next;
    this.people.read(next, run.known.epoch);
    const { heard } = run;
    const raced = this.betweenReadingAndActing;
    this.betweenReadingAndActing = [];
    for (const event of raced) this.happens(event);
    if (next.kind === 'do') return this.carryOut(run, next.command, observation, heard);
    if (next.kind === 'finish') {
      if (!raced.some(isMessage)) this.end(next.outcome);
      // Whoever asks again for what was refused does so a moment later.
      this.world.advance(commandTakesMs);
      return;
    }
    this.pass(paceOf(next) === 'fast' ? seconds(1) : seconds(5));
  }

  /** For how long an open run has let both sites be admitted in a calm world, though one is detached by us: somebody else added it. */
  exposedMs(): number {
    const { run } = this;
    const since = this.checks.exposedSince;
    return !run || run.heard.abort || since === undefined
      ? 0
      : this.world.now - Math.max(since, run.startedAt, this.calmSince);
  }

  calmDown(link: { siteASees: boolean; siteBSees: boolean }, { held = false } = {}): void {
    this.tell('calm');
    this.betweenReadingAndActing = [];
    this.world.calmDown(link);
    if (!held) this.apply({ kind: 'release', person: 0 });
    this.calmSince = this.world.now;
  }

  /** Waiting ends early when a long command does. */
  private pass(ms: number): void {
    const left = this.running ? Math.max(this.running.endsAt - this.world.now, 0) : ms;
    this.world.advance(Math.min(ms, left));
  }

  /** A run that ends by itself leaves no site out that it had removed; after an abort that is for people to do. */
  private end(outcome: Outcome): void {
    const abortedAt = this.run?.heard.abort?.at;
    if (this.world.changesTrafficLater() && (abortedAt === undefined || this.world.now - abortedAt < abortTriesMs)) {
      this.violate(`the run ended ${outcome} though a change of traffic was under way`);
    }
    this.run = undefined;
    this.running = undefined;
    this.lastOutcome = outcome;
    this.people.leave();
    for (const { arn, removedByUs } of this.world.traffic.groups) {
      if (outcome !== 'aborted' && outcome !== 'siteOffline' && removedByUs.size > 0) {
        this.violate(`L2: the run ended ${outcome} and left ${[...removedByUs].join()} out of ${arn}`);
      }
      removedByUs.clear();
    }
  }

  private carryOut(run: RunState, command: Command, observation: Observation, heard: Heard): void {
    this.beforeCommand?.(this.commands.length);
    this.commands.push(command);
    this.checks.before(run, command, observation, heard);
    run.commands = { ...run.commands, round: run.commands.round + 1 };
    if (runsLong(command)) return this.begin(run, command);
    let sent = this.world.send(command);
    if (this.repeats && 'accepted' in sent) sent = this.world.send(command);
    const outcome = sent as CommandOutcome;
    const timedOut = 'failed' in outcome && outcome.failed.type === 'CommandTimedOut';
    this.world.advance(timedOut ? timeOutMs : commandTakesMs);
    this.record(run, command, outcome);
  }

  private begin(run: RunState, command: Command): void {
    // What protects does not wait for what does not: that is given up.
    if (this.running && command.kind !== 'fenceByDevice')
      this.violate(`${command.kind} is begun while ${this.running.command.kind} is under way`);
    const sent: Sent = this.world.send(command);
    if (!('endsAt' in sent)) return this.record(run, command, sent);
    this.running = { command, round: run.commands.round, ...sent };
    const commandId = `${run.incident}/${run.known.epoch}/${run.commands.round}`;
    run.commands = { ...run.commands, running: { command, commandId, since: this.world.now } };
    this.world.advance(commandTakesMs);
  }

  private endRunning(): void {
    const { running, run } = this;
    if (!running || this.world.now < running.endsAt) return;
    this.running = undefined;
    const outcome = running.outcome();
    if (this.repeats && 'accepted' in outcome && running.command.kind !== 'compareSites')
      this.world.send(running.command);
    if (!run) return;
    run.commands = { ...run.commands, running: undefined };
    this.record(run, running.command, outcome, running.round);
  }

  private record(run: RunState, command: Command, outcome: CommandOutcome, round = run.commands.round): void {
    if ('failed' in outcome) this.tell(`   ${command.kind}: ${outcome.failed.type}`);
    run.commands = recordOutcome(run.commands, command, outcome, this.world.now, { at: 0, round });
    this.checks.afterwards('a command');
  }

  private devicesToRead(run: RunState): Record<string, SimulatedSite> {
    const names = devicesToRead(this.pair, run);
    const devices = (this.pair.fencing?.devices ?? []).filter(({ name }) => names.includes(name));
    return Object.fromEntries(devices.map(({ name, site }) => [name, site as SimulatedSite]));
  }

  /** Whoever vouches for a site being cut off has cut it off. */
  private keepsWord(event: Message): void {
    const { lastNext } = this;
    if (event.kind !== 'confirm' || lastNext?.kind !== 'blocked') return;
    const { command } = lastNext;
    if (command.kind !== 'fenceByDevice' && command.kind !== 'unfenceByDevice') return;
    const kind = command.kind === 'fenceByDevice' ? 'somebodySwitchesOff' : 'somebodySwitchesOn';
    this.world.apply({ kind, site: command.site as SimulatedSite });
  }

  private violate(what: string): void {
    this.violations.push(what);
    this.tell(`!! ${what}`);
  }

  private tell(what: string): void {
    this.story.push(`${this.world.clock()} ${what}`);
  }

  private apply(event: IncidentEvent): void {
    if (event.kind === 'witness') return this.witnesses.apply(event);
    if (!isMessage(event)) return this.world.apply(event);
    this.keepsWord(event);
    if (event.kind === 'asksFor') {
      const request = this.people.request(event.goal, event.site, event.person);
      if (this.run) this.people.ask(request);
      else this.openRun(event.goal, request);
      return;
    }
    if (event.kind === 'alert' && !this.run) this.openRun('protect');
    this.people.say(event);
  }

  private openRun(goal: Goal, request?: GoalRequest): void {
    this.checks.forget();
    this.lastNext = undefined;
    this.lastOutcome = undefined;
    this.running = undefined;
    const { now } = this.world;
    this.run = newRunState({ pair: this.pair.name, goal, incident: `incident-${now}`, startedAt: now });
    this.people.listen(this.run, request);
  }
}

function pairWith(options: SimulatedOptions, { observers }: SimulatedWitnesses): SitePair {
  const { stableSeconds, preferredSite, mode = 'act', whenPutBack = 'repair' } = options;
  const { approvals = 1, fenceApprovals = 0, expiresSeconds, workload = 'exec' } = options;
  const free: GatePolicy = { approvals: 0, notRequester: false, reasonRequired: false, unattributed: 'accept' };
  const asked: GatePolicy = { ...free, approvals, expiresSeconds };
  const gates: Record<Gate, GatePolicy> = {
    fence: { ...free, approvals: fenceApprovals },
    fenceDiverging: { ...free, approvals: 1 },
    keepSite: { ...free, approvals: 1 },
    synchronize: asked,
    siteOnline: asked,
    siteOffline: asked,
    admitStaleSite: { ...free, approvals: 1 },
  };
  return {
    name: 'keycloak-prod',
    sites,
    caches,
    endpoints: {
      'site-a': { weight: 128, clientIpPreservation: false },
      'site-b': { weight: 128, clientIpPreservation: false },
    },
    workloads: { 'site-a': workload, 'site-b': workload },
    mode,
    ...(observers.length > 0 && { observers }),
    policy: {
      preferredSite,
      stableSeconds,
      gates,
      whenPutBack,
      soakSeconds: 30,
      healthyWithinSeconds: 60,
      quorum: quorumPolicy({ majority: options.majority }),
    },
    ...(options.fencing && { fencing: fencingWith(options.fencing) }),
  };
}

function fencingWith(fencing: SimulatedFencing): Fencing {
  const device = (name: string, level: number, kind: 'agent' | 'manual' = 'agent') =>
    sites.map((site) => ({ name: `${name}-${site}`, site, level, kind }));
  const of = (trafficLevel: number, devices: Fencing['devices']): Fencing => ({
    trafficLevel,
    trafficWithinSeconds: 30,
    devices,
  });
  switch (fencing) {
    case 'agent':
      return of(1, device('power', 2));
    case 'agents':
      return of(1, [...device('power', 2), ...device('console', 3)]);
    case 'manual':
      return of(1, device('by-hand', 2, 'manual'));
    case 'beside':
      return of(1, device('power', 1));
    case 'before':
      return of(2, device('power', 1));
  }
}
