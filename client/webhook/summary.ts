import type { Watchdog } from './alert-path-intake';
import type { HandOver } from './hand-over';

/** What a log line says of a delivery: the runs, and how many alerts for which reason concern nobody. Bounded in size. */
export function summary({ accepted, ignored, missing, heard }: HandOver & { heard: readonly Watchdog[] }) {
  const runs = new Map<string, { pair: string; workflowId: string; runId: string; outcome: string; alerts: number }>();
  for (const { pair, workflowId, runId, outcome } of accepted) {
    const run = runs.get(pair) ?? { pair, workflowId, runId, outcome, alerts: 0 };
    run.alerts += 1;
    runs.set(pair, run);
  }
  const reasons: Record<string, number> = {};
  for (const { reason } of ignored) reasons[reason] = (reasons[reason] ?? 0) + 1;
  const [first, ...others] = runs.values();
  const pairs = others.length === 0 ? { ...first } : { pairs: [...runs.values()].slice(0, 50) };
  const watchdogs = heard.length === 0 ? {} : { heard: heard.slice(0, 50) };
  return {
    ...pairs,
    ...watchdogs,
    accepted: accepted.length,
    ignored: reasons,
    firstIgnored: ignored[0]?.text,
    missing,
  };
}
