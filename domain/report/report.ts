import { canonicalJson } from '../canonical-json';
import type { Outcome } from '../next';
import type { Refusal } from '../refusals';
import type { Phase, Roles } from '../state';
import type { Goal, HeardDecision, HeardRequest } from '../heard';
import type { EpochMs } from '../time';
import { clientsFelt } from './clients-felt';
import { costsOf, type Costs } from './costs';
import { headlineOf } from './headline';
import { discardedBy, type Discarded } from './losses';
import type { ReportedRun, RunEnd, RunVersions } from './reported-run';
import { timeSpent, type Spent } from './spent';
import { stepsOf, type Step } from './steps';

/** One incident in one document, at any time. All times are milliseconds since 1970. */
export interface Report {
  reportVersion: 1;
  pair: string;
  incident: string;
  goal: Goal;
  /** The run is open: all of this is so far. */
  soFar: boolean;
  madeAt: EpochMs;
  startedAt: EpochMs;
  endedAt?: EpochMs;
  phase: Phase;
  outcome?: Outcome;
  /** What the run said at its end. */
  ending?: string;
  refusal?: Refusal;
  roles?: Roles;
  headline: string;
  timeline: readonly Step[];
  spent: Spent;
  clients: readonly string[];
  discarded: readonly Discarded[];
  /** When a write at the stale site could have reached the kept one and overwritten its value; open while `to` is absent. */
  staleWrites: NonNullable<ReportedRun['staleWrites']>;
  decisions: readonly ReportedDecision[];
  requests: readonly HeardRequest[];
  alerts: readonly ReportedAlert[];
  /** Alerts that were counted without keeping their names. */
  alertsNotKept: number;
  oddities: ReportedRun['oddities'];
  findings: readonly string[];
  costs: Costs;
  versions?: RunVersions;
}

export interface ReportedDecision extends HeardDecision {
  /** Whether it is proved who decided; only the API proves it. */
  attributed: boolean;
}

export interface ReportedAlert {
  site: string;
  reporter: string;
  status: string;
  firstHeardAt: EpochMs;
  timesHeard: number;
  /** What became of it. */
  answer: string;
}

/**
 * The report of a run, from what the run says of itself and nothing else: equal runs give equal reports.
 * @param now Of a run that is open; one that ended is reported as of its end.
 */
export function reportOf(run: ReportedRun, now: EpochMs): Report {
  const { pair, incident, goal, startedAt, phase, roles, ended, requests, oddities, findings, versions } = run;
  const madeAt = ended?.at ?? now;
  return {
    ...{ reportVersion: 1, pair, incident, goal, soFar: ended === undefined, madeAt, startedAt },
    ...{ endedAt: ended?.at, phase, outcome: ended?.outcome, ending: ended?.says, refusal: ended?.refusal, roles },
    headline: headlineOf(run),
    timeline: stepsOf(run),
    spent: timeSpent(run, madeAt),
    clients: clientsFelt(run),
    discarded: discardedBy(run),
    staleWrites: run.staleWrites ?? [],
    decisions: run.decisions.map((decision) => ({ ...decision, attributed: decision.how === 'api' })),
    requests,
    alerts: run.alerts.map(({ site, reporter, status, firstHeardAt, timesHeard, answer }) => {
      return { site, reporter, status, firstHeardAt, timesHeard, answer };
    }),
    alertsNotKept: run.alertsNotKept?.count ?? 0,
    oddities,
    findings,
    costs: costsOf(run, madeAt),
    versions,
  };
}

/** What is archived of a run that ended: its report as canonical JSON, so that equal runs give equal text. */
export function archivedContent(run: ReportedRun & { ended: RunEnd }): string {
  return canonicalJson(reportOf(run, run.ended.at));
}
