import type { ReadinessReport } from '../domain/readiness/report';
import type { RequestAnswer } from '../domain/requests';
import type { Decision, GoalRequest } from '../domain/heard';
import type { ObserveInput, ObserveResult, RunResult } from '../workflows/contract/inputs';
import type { DecisionAnswer } from '../workflows/contract/messages';
import type { PairStatus } from './site-pair-client';

/** One run of a pair, as a list shows it. */
export interface ListedRun {
  pair: string;
  runId: string;
  incident?: string;
  startedAt: Date;
  closedAt?: Date;
  /** `open`, or how it ended. */
  outcome: string;
  phase?: string;
  waitingFor?: string;
}

/** The assessments of a pair's readiness, as Temporal tells them. */
export interface PairReadiness {
  /** The newest report, and the assessment that made it. */
  report?: ReadinessReport;
  assessment?: string;
  /** One that goes on. */
  running?: { assessment: string; startedAt: Date; /** Whether any worker took it. */ isTaken: boolean };
  /** Of the newest one that is over, where it made no report. */
  failed?: { assessment: string; at: Date; how: string };
  /** Absent where there is none: no worker has made it. */
  schedule?: { isPaused: boolean; next?: Date };
}

/** What people ask of a pair's runs; straight from Temporal, or through the API where one is configured. */
export interface PairRuns {
  /** Works without a worker: then an open run is described by its memo. */
  status(pair: string): Promise<PairStatus>;
  /** A repeat with the same request id is answered alike. */
  request(pair: string, request: GoalRequest): Promise<RequestAnswer>;
  /** @param id Makes a repeat harmless: the same decision with the same id is taken once. */
  decide(pair: string, decision: Decision, id: string): Promise<DecisionAnswer>;
  observe(input: ObserveInput, withinMs?: number): Promise<ObserveResult>;
  /**
   * Has a worker begin to look the pair through, or joins whoever does so already; changes nothing.
   * @returns the id of that assessment, which `readiness` tells beside its report.
   */
  beginReadiness(pair: string): Promise<{ assessment: string }>;
  /** What is known of the pair's readiness: its last report, whoever asked for it. Works without a worker. */
  readiness(pair: string): Promise<PairReadiness>;
  /** The result of the pair's current run, when it ends. */
  result(pair: string, runId?: string): Promise<RunResult>;
  /** Open and closed runs, newest first, by Temporal's visibility. */
  runs(query: { pair?: string; open?: boolean; limit: number }): Promise<readonly ListedRun[]>;
}
