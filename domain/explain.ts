import { heardInOrder } from './alerting';
import { pauseAt } from './pause';
import { sentinelDeed } from './sentinel';
import type { RunState } from './state';
import type { HeardAlert } from './heard';
import { clockTime, type EpochMs } from './time';
import type { Verdict } from './verdict';

/** An alert, and what became of it, in one sentence. */
export interface ExplainedAlert extends HeardAlert {
  answer: string;
}

/** Every alert that the run heard, oldest first: why it was acted on, joined, or why nothing was done. */
export function explainAlerts(state: RunState, verdict: Verdict | undefined, now: EpochMs): readonly ExplainedAlert[] {
  return heardInOrder(state).map((alert) => ({ ...alert, answer: answerTo(alert, state, verdict, now) }));
}

function answerTo(alert: HeardAlert, state: RunState, verdict: Verdict | undefined, now: EpochMs): string {
  const { roles, refusal, wouldDo, planned } = state.known;
  const deed = sentinelDeed(alert.alertname);
  if (deed) return `noted: ${alert.site} ${deed} by its own sentinel; that decides nothing here`;
  if (roles && planned) {
    const what = planned === 'offline' ? 'is being taken out of' : 'is being brought back into';
    return `recorded: ${roles.staleSite} ${what} traffic as planned; a split would be fenced in this run`;
  }
  if (roles) {
    if (alert.order === 0) return `acted on: ${roles.staleSite} is fenced: ${roles.because}`;
    if (alert.site !== roles.staleSite) return `joined: ${roles.staleSite} is the stale site of this incident`;
    return `joined: ${roles.staleSite} is being fenced already`;
  }
  const pause = pauseAt(state, now);
  if (pause) return `recorded: paused by ${pause.by} until ${clockTime(pause.until)} (${pause.reason})`;
  if (wouldDo) return `shadow mode: would have fenced ${wouldDo.roles.staleSite}; nothing was touched`;
  if (refusal) return `not acted on: ${refusal.code}: ${refusal.message}`;
  return verdict ? `nothing to do: ${verdict.kind}, ${verdict.because}` : 'not looked into yet';
}
