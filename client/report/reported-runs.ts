import type { ReportedRun } from '../../domain/report/reported-run';
import type { RunResult } from '../../workflows/contract/inputs';

/**
 * A run that ended, as a report needs it; with less in it where a former version left less.
 * @param closedAt As Temporal says, for a result that does not tell when it ended.
 */
export function runOfResult(pair: string, result: RunResult, closedAt: Date): ReportedRun {
  const { incident, outcome, report, refusal, timeline, status } = result;
  const ended = status?.ended ?? { at: closedAt.getTime(), outcome, says: report, refusal };
  if (status) return { ...status, ended };
  const { alerts = [], alertsNotKept, requests = [], decisions = [], findings = [] } = result;
  return {
    ...{ pair, incident, goal: 'protect', phase: 'finished', startedAt: timeline[0]?.at ?? ended.at, ended },
    ...{ alerts, alertsNotKept, requests, decisions, oddities: [], findings, timeline },
  };
}
