/**
 * The invariants, asked of the simulated world as each effect happens: what is asked is what is so, and not what was read.
 */
import { restores, type Command } from '../../domain/command';
import { couldServe, groupObstacle } from '../../domain/eligibility';
import { devicesOf, fenceLevels, type FenceLevel } from '../../domain/fence-levels';
import { linkOf } from '../../domain/link';
import { valueOf, type DeviceState, type Observation, type Reading } from '../../domain/observation';
import {
  canRefresh,
  otherSite,
  type DeviceName,
  type FenceDevice,
  type Gate,
  type SiteName,
  type SitePair,
} from '../../domain/site-pair';
import type { Known, Roles, RunState } from '../../domain/state';
import type { Heard, HeardDecision } from '../../domain/heard';
import { seconds, type EpochMs } from '../../domain/time';
import { groupsOf, isServedBy } from '../../domain/traffic';
import { allDetached, detachedCaches } from '../../domain/verdict';
import { simulated } from './simulated-commands';
import type { SimulatedPeople } from './simulated-people';
import { sites, type SimulatedSite } from './simulated-replication';
import type { SimulatedWorld } from './simulated-world';

/** Starts are read in whole seconds, so one that is closer is not told from the one before. */
const restartShowsAfterMs = seconds(3);

/** What a command was sent for, kept for when it takes effect. */
interface Sending {
  /** When the sites that it rests on were read. */
  readAt: EpochMs;
  /** The comparison that it rests on; absent when none was made. */
  comparedAt?: EpochMs;
  /** Since that comparison a read spoke against it. */
  void?: string;
  isReturn: boolean;
  isSynchronized: boolean;
}

export class SimulatedChecks {
  /** Of the open run only. */
  private removalsSent = new Map<string, EpochMs>();
  private keepSiteDetachSent = false;
  private trafficReadAt = 0;
  private readAt = 0;
  private readonly sent = new WeakMap<Command, Sending>();
  /** When what speaks against a comparison was last read, by what it was. */
  private readonly spokenAgainst = new Map<string, EpochMs>();
  /** What the last look read: devices that say off, and sites that serve. */
  private readOff = new Set<DeviceName>();
  private readonly readServingAt = new Map<SiteName, EpochMs>();
  private trafficWasRead = false;
  /** Sites of which a device or a person said wrongly that they are off: what follows is nobody's doing here. */
  private readonly misled = new Set<SiteName>();
  /** The site whose fence was proved last, by all that it rests on, and which was not let in or switched on since. */
  private proved?: SiteName;
  private exposed?: EpochMs;
  private startsRead = '';

  constructor(
    private readonly pair: SitePair,
    private readonly world: SimulatedWorld,
    private readonly people: SimulatedPeople,
    private readonly violate: (what: string) => void,
  ) {}

  /** A new run: what an earlier one removed is not its own. */
  forget(): void {
    this.removalsSent = new Map();
    this.keepSiteDetachSent = false;
    this.proved = undefined;
    this.spokenAgainst.clear();
  }

  /** Since when both sites are admitted while one is detached by us. */
  get exposedSince(): EpochMs | undefined {
    return this.exposed;
  }

  /** Notes what a read says against any comparison made before it, and whose fence was proved by then. */
  seen(observation: Observation, known: Known): void {
    if (known.switchOn) this.proved = undefined;
    else if (known.provedSince !== undefined) this.proved = known.roles?.staleSite;
    this.readAt = observation.at;
    this.trafficWasRead = groupsOf(observation) !== undefined;
    if (this.trafficWasRead) this.trafficReadAt = observation.at;
    const devices = Object.entries(observation.devices ?? {});
    this.readOff = new Set(devices.flatMap(([name, state]) => (saysOff(state, observation.at) ? [name] : [])));
    for (const site of sites) if (couldServe(observation, site)) this.readServingAt.set(site, observation.at);
    const starts = sites.map((site) => valueOf(observation.sites[site]?.startedAt ?? notRead));
    const restarted = !starts.includes(undefined) && this.startsRead !== '' && starts.join() !== this.startsRead;
    if (!starts.includes(undefined)) this.startsRead = starts.join();
    const said = [
      ...(linkOf(this.pair, observation) === 'notWhole' ? ['the link read not whole'] : []),
      ...(restarted ? ['a site read as restarted'] : []),
      ...sites.filter((site) => (detachedCaches(observation, site) ?? []).length > 0).map(readDetached),
    ];
    for (const what of said) this.spokenAgainst.set(what, observation.at);
  }

  /** After anything that happened. */
  afterwards(what: string): void {
    const { replication, traffic } = this.world;
    const detachedByUs = sites.some((site) => replication.sites[site].detachedByUsFor !== undefined);
    const bothReached = sites.every((site) => traffic.admitted().includes(site) && this.world.power[site].on);
    this.exposed = detachedByUs && bothReached ? (this.exposed ?? this.world.now) : undefined;
    for (const site of sites) {
      const staleSite = replication.sites[site].detachedByUsFor;
      if (staleSite === undefined) continue;
      const keepSite = otherSite(this.pair, staleSite);
      if (this.misled.has(staleSite)) continue;
      if (!this.runsByOurDoing(simulated(staleSite)) || !this.runsByOurDoing(simulated(keepSite))) continue;
      if (traffic.admittedByOurDoing(staleSite) && traffic.admittedByOurDoing(keepSite)) {
        this.violate(`S1: both sites are admitted while ${site} is detached by us, after ${what}`);
      }
    }
  }

  /** A site that is off serves nobody, and one that somebody else switched on is not our doing. */
  private runsByOurDoing(site: SimulatedSite): boolean {
    const { on, by } = this.world.power[site];
    return on && by !== 'somebodyElse';
  }

  /** What a run is about to send, held against what it has read, and against what it had heard when it was decided. */
  before(run: RunState, command: Command, observation: Observation, heard: Heard): void {
    const { roles } = run.known;
    const comparedAt = run.commands.comparison?.startedAt;
    this.sent.set(command, {
      readAt: observation.at,
      comparedAt,
      void: this.speaksAgainst(command, comparedAt),
      isSynchronized: run.known.synchronization !== undefined,
      isReturn: run.known.return !== undefined && run.known.admission === undefined,
    });
    if (!roles) return this.violate('a command without roles');
    // Inside the soak the sites compared equal after what was detached before: a new fence starts from there.
    if (run.known.refenced && run.known.detachRequestedAt === undefined) {
      this.keepSiteDetachSent = false;
      this.proved = undefined;
    }
    const read = groupsOf(observation);
    if (!read && this.needsGroups(command, run)) this.violate('a command without having read the groups');
    this.beforeRestoring(run, command, heard);
    switch (command.kind) {
      case 'removeEndpoint':
        return this.beforeRemoval(command, roles, observation);
      case 'takeBackupOffline':
        return this.beforeDetach(command, run, roles);
      case 'removeLostEndpoint':
        return this.beforeLostRemoval(command, run);
      case 'addEndpoint':
        if (run.known.admission) return this.beforeAdmission(roles, command, observation);
        if (!run.known.return) this.beforePutBack(command, run, roles, observation);
        return;
      case 'fenceByDevice':
        return this.beforeSwitchingOff(command, roles, observation);
      case 'unfenceByDevice':
        return this.beforeSwitchingOn(command, run, heard, observation);
      case 'emptySite':
        return this.beforeEmptying(command, run, roles, observation);
      case 'startPush':
        if (command.fromSite !== roles.keepSite) this.violate('S4: a push from the stale site');
        return;
      case 'bringBackupOnline':
      case 'cancelPush':
      case 'compareSites':
      case 'stopApplication':
      case 'startApplication':
      case 'refreshApplication':
        return;
    }
  }

  /** Right before a command does what it does, at once or later. */
  takesEffect(command: Command): void {
    const { traffic } = this.world;
    if (command.kind === 'emptySite' && traffic.admittedByOurDoing(command.site)) {
      this.violate(`S7: ${command.site} is emptied while it is admitted`);
    }
    const sending = this.sent.get(command);
    if (!sending) return;
    const isNew = command.kind === 'addEndpoint' && !traffic.groupNamed(command.groupArn)?.endpoints.has(command.site);
    if (isNew && sending.isReturn) this.mayBeAdmitted(command.site, sending);
    if (command.kind === 'bringBackupOnline') this.mustBeEqual(`the backup on ${command.onSite} comes online`, sending);
  }

  private mayBeAdmitted(site: SiteName, sending: Sending): void {
    this.mustBeEqual(`${site} is admitted`, sending);
    const keepSite = otherSite(this.pair, site);
    const isOutdated = this.world.replication.sites[simulated(keepSite)].applicationIsOutdated;
    if (sending.isSynchronized && canRefresh(this.pair, keepSite) && isOutdated) {
      this.violate(`${site} is admitted while the application of ${keepSite} still holds what it held in the split`);
    }
  }

  /** Equal, unless they came apart after the comparison by what no read can have shown. */
  private mustBeEqual(what: string, sending: Sending): void {
    const { replication } = this.world;
    if (sending.comparedAt === undefined) return this.violate(`S4: ${what} without a comparison`);
    if (replication.areEqual) return;
    if (sending.void)
      return this.violate(`S4: ${what}, the sites differ, and ${sending.void} since they were compared`);
    if (replication.comeApartAt < sending.comparedAt) this.violate(`S4: ${what} though the sites differ`);
  }

  private speaksAgainst(command: Command, comparedAt = Infinity): string | undefined {
    const usual = command.kind === 'bringBackupOnline' ? readDetached(command.onSite) : undefined;
    return [...this.spokenAgainst].find(([what, at]) => at > comparedAt && what !== usual)?.[0];
  }

  private needsGroups(command: Command, run: RunState): boolean {
    if (command.kind === 'takeBackupOffline') {
      const { known } = run;
      const staleSite = known.roles?.staleSite ?? '';
      const isSaid = devicesOf(this.pair, staleSite).some((device) => this.isSaidOff(device, known));
      return !known.switchOn && !this.isProved(staleSite) && !this.isOffUnseen(staleSite) && !isSaid;
    }
    // Nothing else could meet a site that clients reach.
    return 'groupArn' in command || command.kind === 'emptySite';
  }

  /** Steps towards online: held by a hold, and only under a decision of this epoch for the plan that was asked about. */
  private beforeRestoring(run: RunState, command: Command, heard: Heard): void {
    const { known } = run;
    const decided = known.return ?? known.synchronization;
    const steps: readonly Command['kind'][] = ['emptySite', 'startPush', 'bringBackupOnline', 'startApplication'];
    const isReturn = command.kind === 'addEndpoint' && known.return !== undefined && !known.admission;
    if (!isReturn && !steps.includes(command.kind)) return;
    if (heard.hold && restores(command)) this.violate(`hold: ${command.kind} is sent under a hold`);
    if (heard.abort) this.violate(`${command.kind} is sent after an abort`);
    if (known.admission && command.kind === 'startApplication') return this.checkAdmitted(known.admission.plan, run);
    if (!decided) return this.violate(`S6: ${command.kind} without a decision`);
    if (known.return && (isReturn || !known.synchronization)) this.checkDecision('siteOnline', known.return, run);
    if (!isReturn && known.synchronization) this.checkDecision('synchronize', known.synchronization, run);
  }

  private checkDecision(gate: Gate, decided: { plan: string; since: EpochMs }, { heard, known }: RunState): void {
    const { approvals, expiresSeconds } = this.pair.policy.gates[gate];
    const question = this.people.asked.findLast((asked) => asked.gate === gate && asked.plan === decided.plan);
    if (approvals === 0) return;
    if (!question) return this.violate(`S6: nobody was asked at the gate ${gate} about the plan that is run`);
    const discarded = gate === 'synchronize' ? (known.synchronization?.discarded ?? 0) : 0;
    const inTime = (said: HeardDecision): boolean =>
      said.at - this.people.aheadMs <= decided.since &&
      (expiresSeconds === undefined || decided.since - question.at <= seconds(expiresSeconds) + seconds(5));
    const said = heard.decisions.filter(
      (one) =>
        !one.refused && one.gate === gate && one.plan === decided.plan && one.epoch === known.epoch && inTime(one),
    );
    const sinceRejection = said.slice(said.findLastIndex(({ kind }) => kind === 'reject') + 1);
    const latest = new Map(sinceRejection.map((one) => [one.by, one]));
    const counted = [...latest.values()].filter(({ discardAtMost = Infinity }) => discardAtMost >= discarded);
    if (counted.length < approvals) {
      this.violate(
        `S6: ${counted.length} of ${approvals} approvals at the gate ${gate} count for the plan that is run`,
      );
    }
  }

  private beforeEmptying(
    command: Extract<Command, { kind: 'emptySite' }>,
    run: RunState,
    roles: Roles,
    observation: Observation,
  ): void {
    const { replication, traffic } = this.world;
    if (command.site !== roles.staleSite) this.violate('S7: what is emptied is not the stale site');
    const groups = groupsOf(observation);
    if (!groups || isPresent(groups, command.site))
      this.violate('S7: a site is emptied that was not read out of traffic');
    if (!allDetached(observation, command.site)) this.violate('S7: a site is emptied that was not read detached');
    if (traffic.endpointsOf(roles.keepSite).length === 0) return;
    const { startedAt } = replication.sites[simulated(roles.keepSite)];
    const since = run.known.synchronization?.since ?? -Infinity;
    if (startedAt < observation.at && startedAt - restartShowsAfterMs > since) {
      this.violate('S6: the stale site is emptied though the kept one restarted since that was decided');
    }
  }

  private beforeRemoval(
    command: Extract<Command, { kind: 'removeEndpoint' }>,
    roles: Roles,
    observation: Observation,
  ): void {
    const key = `${command.groupArn}/${command.site}`;
    if (!this.removalsSent.has(key)) this.removalsSent.set(key, this.world.now);
    const group = groupsOf(observation)?.find(({ arn }) => arn === command.groupArn);
    const status = valueOf(observation.sites[roles.keepSite]?.health ?? notRead);
    if (command.site !== roles.staleSite || !group || groupObstacle(group, roles, status)) {
      this.violate('S2: a removal that leaves a group without an eligible endpoint');
    }
  }

  private beforeDetach(
    command: Extract<Command, { kind: 'takeBackupOffline' }>,
    { known }: RunState,
    roles: Roles,
  ): void {
    if (command.onSite === roles.keepSite) this.keepSiteDetachSent = true;
    // Once people chose the stale site, either may be the one that is out: an abort may come before the other one left.
    const oneIsOut = known.admission ? [roles.keepSite, roles.staleSite] : [roles.staleSite];
    const isOut = (site: SiteName): boolean =>
      this.world.traffic
        .endpointsOf(site)
        .every((endpoint) => endpoint.by === 'somebodyElse' && endpoint.since >= this.trafficReadAt);
    const isOff = known.admission === undefined && this.isOffUnseen(roles.staleSite);
    const out = oneIsOut.some(isOut);
    const devices = devicesOf(this.pair, roles.staleSite);
    const said = known.admission === undefined && devices.some((device) => this.isSaidOff(device, known));
    if (said && !isOff && !out) this.misled.add(roles.staleSite);
    if (!isOff && !out && !said)
      this.violate(`S3: ${command.onSite} is detached while ${oneIsOut.join(' and ')} serve`);
    const restsOnMore = known.admission ?? known.switchOn ?? (this.isProved(roles.staleSite) || undefined);
    if (command.onSite !== roles.keepSite || restsOnMore !== undefined) return;
    const confirms = ({ traffic, devices: all }: FenceLevel): boolean =>
      (!traffic || isOut(roles.staleSite)) && all.every((device) => this.isSaidOff(device, known));
    if (!fenceLevels(this.pair, roles.staleSite).some(confirms))
      this.violate(`S3: ${command.onSite} is detached before a fence level has confirmed`);
  }

  /** And Global Accelerator cannot be read. */
  private isProved(staleSite: SiteName): boolean {
    return !this.trafficWasRead && this.proved === staleSite;
  }

  /** By the device, or in this epoch by a person; true or not, but never of a site that was read as serving then, or since. */
  private isSaidOff({ name, site, kind }: FenceDevice, { heeded, epoch }: Known): boolean {
    const servedAt = this.readServingAt.get(site) ?? -Infinity;
    if (kind === 'agent') return this.readOff.has(name) && servedAt < this.readAt;
    const words = (heeded?.said ?? []).filter((word) => word.kind === 'confirm' && word.epoch === epoch);
    return words.some(({ about, at }) => about?.endsWith(name) && at > servedAt);
  }

  /** Off, or switched on by somebody since it was last looked at. */
  private isOffUnseen(site: SiteName): boolean {
    const power = this.world.power[simulated(site)];
    return power !== undefined && (!power.on || (power.by === 'somebodyElse' && power.since >= this.readAt));
  }

  private beforeSwitchingOff(
    command: Extract<Command, { kind: 'fenceByDevice' }>,
    roles: Roles,
    observation: Observation,
  ): void {
    if (command.site !== roles.staleSite) this.violate('S2: what is switched off is not the stale site');
    const groups = groupsOf(observation);
    const status = valueOf(observation.sites[roles.keepSite]?.health ?? notRead);
    const holding = groups?.filter(({ endpoints }) => endpoints.some(({ site }) => site === command.site));
    const leavesNone = holding ? holding.some((group) => groupObstacle(group, roles, status)) : status !== 200;
    if (leavesNone) this.violate('S2: a site is switched off though the other one is not read as serving');
  }

  private beforeSwitchingOn(
    { site }: Extract<Command, { kind: 'unfenceByDevice' }>,
    { known }: RunState,
    { decisions, hold }: Heard,
    observation: Observation,
  ): void {
    const groups = groupsOf(observation);
    if (!groups || isPresent(groups, site)) this.violate('S1: a site is switched on that was not read out of traffic');
    if (hold) this.violate('hold: a site is switched on under a hold');
    const approved = decisions.some(
      ({ kind, plan, epoch, refused }) =>
        kind === 'approve' && plan === known.switchOn?.plan && epoch === known.epoch && !refused,
    );
    if (!approved) this.violate('S6: a site is switched on without a decision');
  }

  /** An addition without a comparison: only of what this run removed, and only while nothing was detached. */
  private beforePutBack(
    command: Extract<Command, { kind: 'addEndpoint' }>,
    { heard }: RunState,
    roles: Roles,
    observation: Observation,
  ): void {
    const detached = detachedCaches(observation, roles.keepSite) ?? [];
    if (this.keepSiteDetachSent || detached.length > 0) this.violate('S4: an add after a detach');
    const removedAt = this.removalsSent.get(`${command.groupArn}/${command.site}`);
    if (command.site !== roles.staleSite || removedAt === undefined) {
      return this.violate('S4: an add of what this run did not remove');
    }
    const chosen = heard.decisions.some(
      ({ gate, site, refused }) => gate === 'keepSite' && site === command.site && !refused,
    );
    if (chosen) return;
    const { startedAt } = this.world.replication.sites[simulated(roles.keepSite)];
    const groups = groupsOf(observation) ?? [];
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

  /** Only by a decision, and never a site that is well in every group. */
  private beforeLostRemoval({ site, plan }: Extract<Command, { kind: 'removeLostEndpoint' }>, run: RunState): void {
    const { admission, roles } = run.known;
    this.checkAdmitted(plan, run);
    if (admission?.plan !== plan) this.violate('S6: the kept site is removed by another decision');
    if (site !== roles?.keepSite) this.violate('S6: the site that is removed as lost is not the kept one');
  }

  private checkAdmitted(plan: string, { heard }: RunState): void {
    const approved = heard.decisions.some((said) => said.kind === 'approve' && said.plan === plan && !said.refused);
    if (!approved) this.violate('S6: the stale site is to serve in place of the kept one without a decision');
  }

  /** The other site is out everywhere, and this one no longer waits for it. */
  private beforeAdmission({ keepSite, staleSite }: Roles, { site }: { site: string }, observation: Observation): void {
    const groups = groupsOf(observation) ?? [];
    if (site !== staleSite) this.violate('S4: what is admitted is not the stale site');
    if (isPresent(groups, keepSite)) this.violate('S1: the stale site is admitted while the lost one is in traffic');
    if (!allDetached(observation, staleSite)) this.violate('S1: the stale site is admitted while it replicates');
  }
}

function saysOff(state: Reading<DeviceState>, at: EpochMs): boolean {
  return valueOf(state) === 'off' && state.at === at;
}

const readDetached = (site: string): string => `${site} read detached`;
const notRead = { unknown: 'NotObserved', at: 0 } as const;

function isPresent(groups: readonly { endpoints: readonly { site?: string }[] }[], name: string): boolean {
  return groups.some(({ endpoints }) => endpoints.some(({ site }) => site === name));
}
