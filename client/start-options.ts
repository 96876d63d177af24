import type { SitePairRunInput } from '../workflows/contract/inputs';

/** The workflow types' names, which clients start without loading workflow code. */
export const sitePairRunType = 'sitePairRun';
export const observeSitePairType = 'observeSitePair';
export const hearAlertPathType = 'hearAlertPath';

/** A dead worker's task is given to another one after this. */
export const workflowTaskTimeoutSeconds = 5;

/** The one line that the Temporal UI shows for a run in its list. */
export function runSummary({ pair, goal, request }: SitePairRunInput): string {
  const wish = request?.site ? `${goal} ${request.site}` : goal;
  return `${wish}: ${pair}`.slice(0, 200);
}
