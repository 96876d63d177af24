/** The id of a pair's one run. The id is the lock: Temporal keeps at most one open run of an id. */
export function sitePairWorkflowId(pair: string): string {
  return `site-pair/${pair}`;
}

/** The pair whose lock a workflow id is. */
export function pairOfWorkflowId(workflowId: string): string {
  return workflowId.replace(/^site-pair\//, '');
}

/** Looking takes no lock, so each look has an id of its own. */
export function observeWorkflowId(pair: string, unique: string): string {
  return `observe/${pair}/${unique}`;
}

/** Its last start is when the way of this site's alerts to Sitewarden was last heard to be open. */
export function alertPathWorkflowId(pair: string, reporter: string): string {
  return `alert-path/${pair}/${reporter}`;
}

/** Of what is asked for now: whoever asks meanwhile joins it. What the schedule starts has the same id with the time behind it. */
export function readinessWorkflowId(pair: string): string {
  return `readiness/${pair}`;
}

/** The id of the schedule by which a pair is looked through in peace time. */
export function readinessScheduleId(pair: string): string {
  return `site-pair-readiness/${pair}`;
}

/** Where a pair's assessments are found. */
export function readinessRunsOf(pair: string): { scheduleId: string; workflowId: string } {
  return { scheduleId: readinessScheduleId(pair), workflowId: readinessWorkflowId(pair) };
}

/** `<pair>-<UTC start>-<4 hex of the first run id>`: readable on a call, unique enough for an archive. */
export function incidentId(pair: string, startedAt: Date, firstRunId: string): string {
  const start = startedAt.toISOString().slice(0, 19).replace(/[-:]/g, '');
  return `${pair}-${start}Z-${firstRunId.replace(/[^0-9a-f]/g, '').slice(0, 4)}`;
}
