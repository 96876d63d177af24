import type { AlertMessage } from './alert';
import type { Command } from './command';
import type { Comparison, Progress } from './comparison';
import type { FailureType } from './failure-types';
import type { Endpoint } from './observation';
import type { Refusal } from './refusals';
import type { CacheName, DeviceName, Gate, SiteName } from './site-pair';
import type { EpochMs } from './time';

export type Goal = 'protect' | 'fence' | 'synchronize' | 'siteOnline' | 'siteOffline' | 'pause';

export type Phase =
  | 'observing'
  | 'fencing'
  | 'fenced'
  | 'clearing'
  | 'pushing'
  | 'comparing'
  | 'reattaching'
  | 'synchronized'
  | 'admitting'
  | 'soaking'
  | 'goingOffline'
  | 'finished';

export interface Roles {
  keepSite: SiteName;
  staleSite: SiteName;
  because: string;
}

/** A person's wish: which goal, and why. `id` is the update's id, so that a repeat is recognised. */
export interface GoalRequest {
  id: string;
  goal: Goal;
  site?: SiteName;
  by: string;
  reason: string;
  /** Of a pause: how long it is to last. */
  forSeconds?: number;
}

export type DecisionKind = 'approve' | 'reject' | 'hold' | 'release' | 'retry' | 'confirm' | 'abort';

/** A human's answer, brake or way out; with who, how it came and why. */
export interface Decision {
  /** Makes a repeat recognisable, also under a later history of the run. */
  id?: string;
  kind: DecisionKind;
  gate?: string;
  plan?: string;
  /** At the gate `keepSite`: the site that is to be kept. Of `confirm`: the site that the word is about. */
  site?: SiteName;
  by: string;
  /** How it came. Only by the API is it proved who `by` is. */
  how: 'api' | 'cli' | 'temporal-ui';
  /** Of whoever decided, as the API proved them. */
  groups?: readonly string[];
  reason?: string;
  /** At the gate `synchronize`: the approval is void if more than so many entries would be discarded. */
  discardAtMost?: number;
}

export interface HeardAlert extends AlertMessage {
  /** Position in the order in which alerts were first heard, from 0. */
  order: number;
  firstHeardAt: EpochMs;
  lastHeardAt: EpochMs;
  timesHeard: number;
}

export interface HeardRequest extends GoalRequest {
  at: EpochMs;
  refused?: Refusal;
}

export interface HeardDecision extends Decision {
  at: EpochMs;
  /** Of `retry` and `confirm`: the key of the command that was blocked. */
  about?: string;
  /** The epoch in which it was taken; in another one it is void. */
  epoch: number;
  refused?: Refusal;
}

/** What message handlers write, and nobody else. */
export interface Heard {
  alerts: Readonly<Record<string, HeardAlert>>;
  requests: readonly HeardRequest[];
  decisions: readonly HeardDecision[];
  /** Stops steps towards online, never a protective one. */
  hold?: { by: string; reason?: string; at: EpochMs };
  abort?: { by: string; reason?: string; at: EpochMs };
  /** A pause that was ended before its time. */
  pauseReleased?: { by: string; at: EpochMs };
  /** Alerts beyond those that a run keeps by name. */
  alertsNotKept?: { count: number; lastAt: EpochMs };
  /** Messages that could not be understood, newest last; kept so that nobody has to wonder where theirs went. */
  oddities: readonly { at: EpochMs; what: string }[];
}

/** An endpoint group as it was before this run first touched it, and what was read of the removal since. */
export interface GroupMemory {
  dial: number;
  endpoints: readonly Endpoint[];
  removalRequestedAt?: EpochMs;
  /** A removal was accepted, or ended in a way that may have taken effect: an absence may be this run's doing. */
  removalMayHaveLanded?: boolean;
  /** Requested by this run and then read absent: only such an endpoint may ever be put back by this run. */
  removedByUs?: boolean;
  absentReadAt?: EpochMs;
  /** This run itself asked for it to come back: that it is there is nobody else's doing. */
  putBackByUs?: boolean;
  /** When it was last removed again after somebody had put it back. */
  reRemovedAt?: EpochMs;
  /** Until when Global Accelerator may keep established flows alive (340 s after the removal). */
  drainUntil?: EpochMs;
}

export interface TimelineEntry {
  at: EpochMs;
  what: string;
  /** When what is told here was begun, where that is known. */
  since?: EpochMs;
  /** How it is known to be so; absent where it was decided or said, and not read. */
  provedBy?: string;
}

/** What a run in shadow mode would have done. */
export interface ShadowPlan {
  at: EpochMs;
  roles: Roles;
  steps: readonly string[];
}

/** The stale site on its way into traffic in place of the lost one, by decision `admitStaleSite`. */
export interface Admission {
  plan: string;
  by: string;
  since: EpochMs;
  /** The lost site was read out of a group that had held it: from then on the decision is carried through. */
  begun?: boolean;
}

/** A fence device of the stale site, as far as this run has to do with it. */
export interface DeviceMemory {
  /** When it was last asked to cut the site off, written before the call: from then on the site may be off. */
  askedAt?: EpochMs;
  /** Since when it says that the site is off; unset when it says on. */
  offSince?: EpochMs;
  /** When it last began to say so: what it was asked before took effect. */
  lastOffAt?: EpochMs;
}

/** A decision of people that the stale site is switched on again; forgotten with its epoch. */
export interface SwitchOn {
  plan: string;
  by: readonly string[];
  since: EpochMs;
}

/** A stretch of time in which a run could not go on without a person; open while `to` is absent. */
export interface HumanWait {
  for: 'gate' | 'hold' | 'blocked';
  /** The gate, who holds, or why it is blocked. */
  what: string;
  from: EpochMs;
  to?: EpochMs;
}

/** What a phase has cost in Temporal: events of the history, and billable actions. */
export interface PhaseCost {
  phase: Phase;
  from: EpochMs;
  events: number;
  actions: number;
}

/** A synchronize that was decided on; forgotten with its epoch. */
export interface Synchronization {
  plan: string;
  by: readonly string[];
  since: EpochMs;
  /** As compared before anything was cleared: what was given up. */
  discarded: number;
  /** The same per cache. */
  preview?: Comparison['caches'];
  keepSiteStartedAt: EpochMs;
  staleSiteStartedAt: EpochMs;
  /** The stale site's store counter when it was decided: what is stored there since was approved by nobody. */
  staleSiteStores?: number;
  caches: readonly CacheName[];
  /** When every cache of the stale site read empty after it was emptied; unset when it has to be emptied again. */
  emptiedAt?: EpochMs;
  /** When pushes were asked for, each written before the call: from the first one on the stale site is attached. */
  pushStarts: readonly EpochMs[];
  /** Caches whose last push read OK, with their backup online at every look since it started. */
  pushed: readonly CacheName[];
  /** Caches whose backup read offline since their push started: whatever their status says, they are pushed again. */
  spoiled: readonly CacheName[];
  /** When every cache was pushed; a comparison counts only if it began after it. */
  pushedAt?: EpochMs;
  /** The last round that was begun by then. */
  pushedInRound?: number;
  /** Entries read on the stale site against those on the kept one, as last told. */
  progress?: Progress;
  /** When the comparison ended that found every key and value equal. */
  equalAt?: EpochMs;
  /** When the backup to the kept site read online on the stale one. */
  reattachedAt?: EpochMs;
  applicationReadyAt?: EpochMs;
  /** When the kept site's application had read anew what the stale one changed; `applicationReadyAt` where nobody has it do so. */
  refreshedAt?: EpochMs;
}

/** What a synchronize gave up of the stale site. Keys are never kept: they may be session ids. */
export interface Discard {
  plan: string;
  by: readonly string[];
  /** When it was decided on. */
  at: EpochMs;
  /** As compared before anything was cleared: keys that only the stale site had, and keys whose values differed. */
  entries: number;
  caches?: Comparison['caches'];
  /** When the stale site's caches read empty; until then the entries may have been discarded. */
  emptiedAt?: EpochMs;
}

/** A site on its way back into traffic; forgotten with its epoch. */
export interface Return {
  plan: string;
  by: readonly string[];
  since: EpochMs;
  /** The last round that was begun by then: what was compared before does not count. */
  round: number;
  /** When the last call that adds was asked for, written before it. */
  addRequestedAt?: EpochMs;
  /** It did not become healthy in time, and is taken out again. */
  failedAt?: EpochMs;
  /** When it read present and healthy in every group, with the accelerator DEPLOYED. */
  servingAt?: EpochMs;
  soakUntil?: EpochMs;
  /** Since when, and why, the sites may differ: something broke inside the soak, and nobody could be fenced. */
  unfenced?: { at: EpochMs; why: string };
}

/** A person's wish for a pair that is whole: one site out of traffic, or back. Nothing is detached for it. */
export type Planned = 'offline' | 'online';

/** A question with a plan: since when it is asked, and how often it was asked anew because it had expired. */
export interface Asked {
  gate: Gate;
  plan: string;
  since: EpochMs;
  expired: number;
  /** The plan under which it was asked until it expired. */
  expiredPlan?: string;
  /** When the run last said that it still waits. */
  remindedAt?: EpochMs;
}

/** A word of a person that goes on counting, as the assessment that first saw it dates it. */
export interface Heeded {
  kind: 'retry' | 'confirm' | 'release';
  /** The key of the command that was blocked. */
  about?: string;
  /** In which it was said. */
  epoch: number;
  at: EpochMs;
  /** The last round that was begun by then. */
  round: number;
}

/** What `assess` learnt from observations; replaced key by key by its `remember`. */
export interface Known {
  phase: Phase;
  /** Grows with each re-fence; what was decided or proved in another epoch is void. */
  epoch: number;
  roles?: Roles;
  /** Whether roles were latched on a site that was found out of traffic already. */
  adopted?: boolean;
  /** While both sites could be kept and neither has a majority: how often the votes were counted again, and when last. */
  vote?: { retries: number; at: EpochMs };
  linkWholeSince?: EpochMs;
  linkUnknownSince?: EpochMs;
  groups: Readonly<Record<string, GroupMemory>>;
  keepSiteAtLatch?: { startedAt?: EpochMs; members: readonly string[]; sizes?: Readonly<Record<CacheName, number>> };
  /** When the kept site's caches last started, as read; a later value than at the latch is a restart. */
  keepSiteStartedAt?: EpochMs;
  keepSiteRestarts: number;
  /** When the stale site's caches last started before it was taken out, if that was read. */
  staleSiteStartedAt?: EpochMs;
  /** Written before the first call that detaches; with it, the run can no longer be undone by itself. */
  detachRequestedAt?: EpochMs;
  /** First time any cache of the kept site was read detached. Never unset in a run. */
  detachedAt?: EpochMs;
  /** Since when every cache reads detached; unset when one does not. */
  allDetachedSince?: EpochMs;
  detachedCaches: readonly CacheName[];
  /** First time the fence was proved. */
  fencedAt?: EpochMs;
  /** The fence of these roles was proved, and no read of its levels spoke against it since. */
  fenceProved?: true;
  /** Since when the fence is proved without interruption. */
  provedSince?: EpochMs;
  staleSiteAnsweredAtLatch?: boolean;
  keepSiteOfflineOnStaleDueSince?: EpochMs;
  keepSiteOfflineOnStaleSince?: EpochMs;
  /** Stretches in which a write at the stale site could have reached the kept one, newest last; open while `to` is absent. */
  staleWrites?: readonly { from: EpochMs; to?: EpochMs }[];
  deployedFirstReadAt?: EpochMs;
  deployedReadTwiceAt?: EpochMs;
  /** Set while the stale site is being put back because the link healed before anything was detached. */
  restoringSince?: EpochMs;
  restoredOnce?: boolean;
  /** Removals after the first one, newest last: somebody keeps putting the site back. */
  reRemovals: readonly EpochMs[];
  /** Since when the kept site reads as lost: in no group does it serve. Unread changes nothing. */
  keepSiteLostSince?: EpochMs;
  /** How often the roles were changed because the kept site was lost before anything was detached. */
  swaps?: number;
  /** Fence levels that were tried and did not confirm, until one of them does. */
  failedLevels?: readonly number[];
  /** Since when the level that is tried now does not confirm; unset while the fence is confirmed. */
  levelSince?: EpochMs;
  devices?: Readonly<Record<DeviceName, DeviceMemory>>;
  switchOn?: SwitchOn;
  admission?: Admission;
  synchronization?: Synchronization;
  /** Of each synchronize whose emptying was begun, newest last. */
  discards?: readonly Discard[];
  /** The site whose emptying was begun, and which was not compared equal since: it holds a part of its data, or nothing. */
  emptied?: SiteName;
  planned?: Planned;
  /** The id of the last request for a fence that was followed. */
  fencedFor?: string;
  /** The id of the last request for a synchronize that was looked at. */
  synchronizeHeardOf?: string;
  return?: Return;
  /** How many returns were begun: an approval is good for one of them. */
  returns?: number;
  /** When the stale site's application was proved stopped, and by what. */
  applicationStoppedAt?: EpochMs;
  /** The stale site's store counter, since when it has stood still, and how often it was seen to move. */
  storesUnchanged?: { stores: number; since: EpochMs; moves: number };
  /** A new split inside the soak was fenced: the run holds itself until a person releases it. */
  refenced?: { at: EpochMs };
  /** What people said that goes on counting, newest last; `until` is when the latest decision was heard, by Temporal's clock. */
  heeded?: { until: EpochMs; said: readonly Heeded[] };
  /** The question that was asked last. */
  asked?: Asked;
  /** Others before it, newest last: one that is asked again is as old as it is. */
  askedBefore?: readonly Asked[];
  /** Newest last. */
  humanWaits?: readonly HumanWait[];
  wouldDo?: ShadowPlan;
  /** Requests that were refused by what was read, by request id. */
  refusedRequests: Readonly<Record<string, Refusal>>;
  refusal?: Refusal & { since: EpochMs };
  findings: readonly string[];
  timeline: readonly TimelineEntry[];
}

export interface CommandFailure {
  count: number;
  type: FailureType;
  message: string;
  at: EpochMs;
  /** When the first of those in a row failed with this type; absent where another version wrote it. */
  since?: EpochMs;
}

/** What the loop writes about the commands it ran, by command key. */
export interface CommandMemory {
  round: number;
  acceptedAt: Readonly<Record<string, EpochMs>>;
  failures: Readonly<Record<string, CommandFailure>>;
  /** A long command that goes on beside the loop. */
  running?: { command: Command; commandId: string; since: EpochMs };
  /** What the last `compareSites` found. */
  comparison?: Comparison;
  /** The round in which it was asked for. */
  comparedInRound?: number;
  /** A command that timed out may still land until then. */
  unconfirmed?: Unconfirmed;
  /** Others that timed out before it and may still land, latest first. */
  unconfirmedBefore?: readonly Unconfirmed[];
}

export interface Unconfirmed {
  command: Command;
  until: EpochMs;
}

/** All that a run remembers, as one JSON value. */
export interface RunState {
  pair: string;
  goal: Goal;
  incident: string;
  startedAt: EpochMs;
  heard: Heard;
  known: Known;
  commands: CommandMemory;
  /** What each phase has cost so far, in order. */
  costs?: readonly PhaseCost[];
}

export function newRunState(start: Pick<RunState, 'pair' | 'goal' | 'incident' | 'startedAt'>): RunState {
  return {
    ...start,
    heard: { alerts: {}, requests: [], decisions: [], oddities: [] },
    known: {
      phase: 'observing',
      epoch: 0,
      groups: {},
      keepSiteRestarts: 0,
      detachedCaches: [],
      reRemovals: [],
      heeded: { until: 0, said: [] },
      refusedRequests: {},
      findings: [],
      timeline: [],
    },
    commands: { round: 0, acceptedAt: {}, failures: {} },
  };
}
