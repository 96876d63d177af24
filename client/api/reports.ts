import { renderReport } from '../../domain/report/render-report';
import type { Report } from '../../domain/report/report';
import { NoWorkerAnswers } from '../no-worker-answers';
import type { PairRuns } from '../pair-runs';
import { findReport } from '../report/find-report';
import type { ReportArchive } from '../report/report-archive';
import { ApiProblem } from './problems';

/** Reports of a pair's runs, of the open one while it lasts. */
export interface Reports {
  /**
   * The report of the open run, of the last one, or of the incident that is named; `undefined` where there is none.
   * @throws NoWorkerAnswers when the run is open and nobody answers for it.
   */
  find(pair: string, incident?: string): Promise<FoundReport | undefined>;
}

export interface FoundReport {
  /** For programs. */
  document: object;
  /** For people; absent of a report that another version has archived. */
  markdown?: string;
}

/** By the runs, and by what was archived where Temporal no longer knows a run. */
export function reportsOf(runs: PairRuns, archive: Pick<ReportArchive, 'read'>, clock: { now(): number }): Reports {
  const readable: typeof archive = {
    read: async (pair, incident) => {
      try {
        return await archive.read(pair, incident);
      } catch (cause) {
        const next = 'Look at "archive" in the configuration, and whether the API may read there.';
        throw new ApiProblem('ArchiveUnreadable', `The archive cannot be read: ${(cause as Error).message}`, next, {
          cause,
        });
      }
    },
  };
  return {
    find: async (pair, incident) => {
      const found = await findReport({ runs, archive: readable, now: clock.now() }, pair, incident);
      if ('found' in found) return formsOf(found.found);
      if ('archived' in found) return formsOf(JSON.parse(found.archived) as Report);
      if (found.none === 'NoWorkerAnswers') throw new NoWorkerAnswers(false);
      return undefined;
    },
  };
}

/** Of another version's report it is not known what its parts mean: it is handed on as it was archived. */
function formsOf(report: Report): FoundReport {
  if ((report.reportVersion as number) !== 1) return { document: report };
  return { document: report, markdown: renderReport(report) };
}
