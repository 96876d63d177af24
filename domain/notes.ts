import type { Known, TimelineEntry } from './state';
import type { EpochMs } from './time';

/** Adds a line to the run's timeline, of which the newest hundred are kept. */
export function note(
  known: Known,
  at: EpochMs,
  what: string,
  proof: Pick<TimelineEntry, 'since' | 'provedBy'> = {},
): Known {
  return { ...known, timeline: [...known.timeline, { at, what, ...proof }].slice(-100) };
}

/** Adds something that a person should look into; said once, however often it is found. */
export function find(known: Known, finding: string): Known {
  return known.findings.includes(finding) ? known : { ...known, findings: [...known.findings, finding].slice(-20) };
}
