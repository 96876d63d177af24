import { sayAlertOf } from '../alert';
import type { ExplainedAlert } from '../explain';
import type { TimelineEntry } from '../state';
import type { EpochMs } from '../time';
import type { ReportedRun } from './reported-run';

/** One line of a report's timeline. */
export interface Step {
  at: EpochMs;
  step: string;
  tookMs?: number;
  /** How it is known to be so; absent where it was decided or said, and not read. */
  provedBy?: string;
}

/** From the first word of the cut to the end: the alerts, what the run noted, and its two ends. */
export function stepsOf({ alerts, startedAt, goal, ended, timeline }: ReportedRun): readonly Step[] {
  const began = { at: startedAt, what: `this run began (${goal})` };
  const end = ended && { at: ended.at, what: `the run ended: ${ended.outcome}`, since: startedAt };
  return [...alerts.map(firstWord), began, ...timeline, ...(end ? [end] : [])]
    .sort((one, other) => one.at - other.at)
    .map(stepOf);
}

function stepOf({ at, what, since, provedBy }: TimelineEntry): Step {
  return { at, step: what, tookMs: since === undefined ? undefined : Math.max(0, at - since), provedBy };
}

/** What the alert says of its own time; a time that cannot be, or is later than its hearing, is not told. */
function firstWord({ startsAt, firstHeardAt, ...alert }: ExplainedAlert): TimelineEntry {
  const said = Date.parse(startsAt);
  const since = said <= firstHeardAt ? said : undefined;
  return { at: firstHeardAt, what: `alert ${sayAlertOf(alert)} is heard`, since };
}
