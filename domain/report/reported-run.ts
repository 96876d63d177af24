import type { ExplainedAlert } from '../explain';
import type { Outcome } from '../next';
import type { Refusal } from '../refusals';
import type { Mode } from '../site-pair';
import type { HumanWait, Known, Phase, PhaseCost, Roles, TimelineEntry } from '../state';
import type { Return, Synchronization } from '../way-back';
import type { Goal, HeardDecision, HeardRequest } from '../heard';
import type { EpochMs } from '../time';

/** How a run ended. */
export interface RunEnd {
  at: EpochMs;
  outcome: Outcome;
  /** What the run said at its end. */
  says: string;
  refusal?: Refusal;
}

/** What a run knows beside its status, and a report tells. */
export type Evidence = Pick<Known, 'adopted' | 'detachedAt' | 'staleWrites' | 'keepSiteRestarts' | 'discards'>;

/** The rules and the configuration by which a run was last assessed. */
export interface RunVersions {
  rules: number;
  configuration: string;
}

/** All that a report is made from. A run's status is one; what an older version did not tell yet is absent. */
export interface ReportedRun extends Partial<Evidence> {
  pair: string;
  incident: string;
  goal: Goal;
  phase: Phase;
  mode?: Mode;
  startedAt: EpochMs;
  /** Absent while the run is open. */
  ended?: RunEnd;
  roles?: Roles;
  waitingFor?: string;
  /** What was read last, in one sentence. */
  truth?: string;
  fencedAt?: EpochMs;
  provedSince?: EpochMs;
  alerts: readonly ExplainedAlert[];
  alertsNotKept?: { count: number; lastAt: EpochMs };
  requests: readonly HeardRequest[];
  decisions: readonly HeardDecision[];
  oddities: readonly { at: EpochMs; what: string }[];
  findings: readonly string[];
  timeline: readonly TimelineEntry[];
  synchronization?: Synchronization;
  return?: Return;
  humanWaits?: readonly HumanWait[];
  costs?: readonly PhaseCost[];
  versions?: RunVersions;
}

/** The part of what a run knows that its report needs beside its status. */
export function evidenceOf(known: Known): Evidence {
  const { adopted, detachedAt, staleWrites, keepSiteRestarts, discards } = known;
  return { adopted, detachedAt, staleWrites, keepSiteRestarts, discards };
}
