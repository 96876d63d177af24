import type { ExplainedAlert } from '../../domain/explain';
import type { Drill } from '../../domain/drill/drill';
import type { FailureType } from '../../domain/failure-types';
import type { Mode } from '../../domain/site-pair';
import type { Comparison, Progress } from '../../domain/comparison';
import type { Admission, HumanWait, Phase, PhaseCost, Roles, RunState } from '../../domain/state';
import type { Return, Synchronization } from '../../domain/way-back';
import type { Goal, GoalRequest, HeardDecision, HeardRequest } from '../../domain/heard';
import type { Gate, Next, Outcome } from '../../domain/next';
import type { Observation } from '../../domain/observation';
import type { DeviceReports } from '../../domain/readiness/devices';
import type { Finding } from '../../domain/readiness/finding';
import type { Evidence, RunEnd, RunVersions } from '../../domain/report/reported-run';
import type { Evidence as WeighedEvidence } from '../../domain/evidence';
import type { Refusal } from '../../domain/refusals';
import type { Verdict } from '../../domain/verdict';
import type { FencePlan } from '../../domain/rehearse';
import type { TimelineEntry } from '../../domain/state';
import type { EpochMs } from '../../domain/time';

export interface SitePairRunInput {
  pair: string;
  goal: Goal;
  /** Travels with the start as well as in the update, so that a run keeps it when no worker was up. */
  request?: GoalRequest;
  /** What the run remembers, when it goes on under a new history. */
  carried?: RunState;
  /** With it, what was next: a question may be answered before the new history has looked. */
  next?: Next;
  /** With it, what the roles rest on: once they are latched no look brings it anew. */
  weighed?: WeighedEvidence;
}

/** Whose watchdog alert arrived. */
export interface AlertPathInput {
  pair: string;
  /** The site whose view would be reported that way. */
  reporter: string;
}

/** How a run ended. */
export interface RunResult {
  incident: string;
  outcome: Outcome;
  refusal?: Refusal;
  report: string;
  timeline: readonly TimelineEntry[];
  /** Absent in results of version 0.1.0. */
  alerts?: readonly ExplainedAlert[];
  alertsNotKept?: RunStatus['alertsNotKept'];
  requests?: readonly HeardRequest[];
  decisions?: readonly HeardDecision[];
  findings?: readonly string[];
  /** Absent in results of version 0.1.0, as is what follows. Where the report was archived. */
  archived?: { location: string; sequence: number; hash: string };
  /** The status at the end, from which the report is made. */
  status?: RunStatus;
}

/** What a run says of itself; also what the command line, the page and the report are made from. */
export interface RunStatus extends Partial<Evidence> {
  pair: string;
  incident: string;
  goal: Goal;
  phase: Phase;
  epoch: number;
  startedAt: EpochMs;
  roles?: Roles;
  verdict?: Verdict;
  next?: Next;
  /** One sentence: what the run waits for, or `undefined` when it is working. */
  waitingFor?: string;
  fencedAt?: EpochMs;
  /** Since when the fence is proved without interruption; absent means it is not proved now. */
  provedSince?: EpochMs;
  observation?: Observation;
  /** Of a pair with observers: what the verdict rests on, as of the last look at which they had a say. */
  weighed?: WeighedEvidence;
  /** What was read last, in one sentence. */
  truth?: string;
  mode: Mode;
  /** Of a pause in force. */
  pausedUntil?: EpochMs;
  alerts: readonly ExplainedAlert[];
  /** Alerts beyond those that are kept by name. */
  alertsNotKept?: { count: number; lastAt: EpochMs };
  requests: readonly HeardRequest[];
  decisions: readonly HeardDecision[];
  oddities: readonly { at: EpochMs; what: string }[];
  findings: readonly string[];
  timeline: readonly TimelineEntry[];
  held?: { by: string; reason?: string };
  /** The last comparison of the sites, whatever became of it. */
  comparison?: Comparison;
  synchronization?: Synchronization;
  return?: Return;
  /** A person let the stale site serve in place of a lost one; gone once it does, or once that is void. */
  admission?: Admission;
  /** The kept site is lost before anything was detached: the stale one may yet take its place, once it could serve. */
  isKeptLostUndetached?: boolean;
  /** How far a long step has come, where that can be read. */
  progress?: Progress;
  applicationStoppedAt?: EpochMs;
  /** A new split inside the soak was fenced; until a person releases the run, it holds itself. */
  refenced?: { at: EpochMs; released: boolean };
  humanWaits: readonly HumanWait[];
  costs: readonly PhaseCost[];
  versions?: RunVersions;
  /** Absent while the run is open. */
  ended?: RunEnd;
}

/** The part of a status that stands in the run's memo, readable while no worker is up. */
export interface RunMemo {
  incident: string;
  /** This, the start and `next` are absent in memos of version 0.1.0. */
  goal?: Goal;
  /** Of the run, however many histories it went on under. */
  startedAt?: EpochMs;
  phase: Phase;
  keepSite?: string;
  staleSite?: string;
  waitingFor?: string;
  next?: Next['kind'];
  /** At which gate a person is asked. */
  gate?: Gate;
  /** Why the run is blocked; absent when it is not. */
  blockedBy?: FailureType;
  /** Of a pause that was in force then. */
  pausedUntil?: EpochMs;
  /** When this was written. */
  at: EpochMs;
}

export interface ObserveInput {
  pair: string;
  /** With it, the answer also says what a fence of that site would do. Nothing is changed. */
  fence?: { site: string; by: string };
  /** With it, the answer also says what would be done if this were cut, as it is typed after `--cut`. Nothing is changed. */
  drill?: { cut: readonly string[] };
  /** Fence devices are waited for as long as they usually take, and not only as long as everything else. */
  patient?: true;
}

export interface ObserveResult {
  observation: Observation;
  verdict: Verdict;
  plan?: FencePlan;
  /** Absent also while the pair is not healthy: a drill is for peace time. */
  drill?: Drill;
  /** What would make an incident worse than it has to be; absent from a worker that looks for nothing of the kind. */
  readiness?: readonly Finding[];
  /** What the pair's fence devices say; absent of a pair without any. */
  devices?: DeviceReports;
  /** Of a pair with observers: what the verdict rests on. */
  evidence?: WeighedEvidence;
}

export interface AssessReadinessInput {
  pair: string;
}
