import { reportOf, type Report } from '../../domain/report/report';
import type { EpochMs } from '../../domain/time';
import type { ArchiveReader } from '../../gateways/archive-ports';
import type { PairRuns } from '../pair-runs';
import type { PairStatus } from '../site-pair-client';
import { runOfResult } from './reported-runs';

/** Where runs, and the reports of closed ones, are asked for. */
export interface ReportSources {
  runs: Pick<PairRuns, 'status' | 'runs' | 'result'>;
  /** Opened only where Temporal no longer knows the run. */
  archive: Pick<ArchiveReader, 'read'>;
  now: EpochMs;
}

/** A report that was found, or why there is none. */
export type FoundReport =
  | { found: Report }
  /** Archived by this or by another version; `content` is its JSON. */
  | { archived: string; location: string }
  /** The run is open, and nobody answers for it. */
  | { none: 'NoWorkerAnswers' }
  | { none: 'NoRun' | 'NoResult' };

/** So far back a pair's runs are searched for an incident before the archive is. */
const mostRuns = 200;

/**
 * The report of a pair's run: of the one that is open, of the last one, or of the incident that is named. By the run itself, by
 * what it left in Temporal, and where that is gone by what was archived.
 */
export async function findReport(
  { runs, archive, now }: ReportSources,
  pair: string,
  incident?: string,
): Promise<FoundReport> {
  const status = await runs.status(pair);
  const current = reportOfCurrent(pair, status, now, incident);
  if (current) return current;
  const past = incident === undefined ? undefined : await reportOfPast(runs, pair, incident);
  if (past) return { found: past };
  const archived = await archive.read(pair, incident);
  if (archived) return { archived: archived.content, location: archived.location };
  return { none: incident === undefined && status.run === 'closed' ? 'NoResult' : 'NoRun' };
}

function reportOfCurrent(
  pair: string,
  status: PairStatus,
  now: EpochMs,
  incident: string | undefined,
): FoundReport | undefined {
  const meant = (own: string | undefined) => incident === undefined || own === incident;
  if (status.run === 'open') {
    if (status.status) return meant(status.status.incident) ? { found: reportOf(status.status, now) } : undefined;
    return meant(status.memo?.incident) ? { none: 'NoWorkerAnswers' } : undefined;
  }
  if (status.run === 'none' || !status.result || !meant(status.result.incident)) return undefined;
  return { found: reportOf(runOfResult(pair, status.result, status.closedAt ?? new Date(now)), now) };
}

async function reportOfPast(runs: ReportSources['runs'], pair: string, incident: string): Promise<Report | undefined> {
  const listed = await runs.runs({ pair, open: false, limit: mostRuns });
  const run = listed.find((one) => one.incident === incident);
  if (!run?.closedAt) return undefined;
  try {
    const result = await runs.result(pair, run.runId);
    if (result.incident !== incident) return undefined;
    return reportOf(runOfResult(pair, result, run.closedAt), run.closedAt.getTime());
  } catch (error) {
    // It was ended from outside, or its history is gone: what was archived is left.
    if (leftNothing.has((error as Error).name)) return undefined;
    throw error;
  }
}

const leftNothing: ReadonlySet<string> = new Set(['WorkflowFailedError', 'WorkflowNotFoundError']);
