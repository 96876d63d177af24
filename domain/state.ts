import type { Command } from './command';
import type { Comparison } from './comparison';
import type { FailureType } from './failure-types';
import type { Goal, Heard } from './heard';
import type { Endpoint } from './observation';
import type { Refusal } from './refusals';
import type { CacheName, DeviceName, Gate, SiteName } from './site-pair';
import type { EpochMs } from './time';
import type { Discard, Return, Synchronization } from './way-back';

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
  /** Of these, those in which whoever the command is for was not asked; absent where there was none. */
  notAsked?: number;
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
