/** The workflow type's name, which others start without loading workflow code. */
export const assessReadinessType = 'assessSitePairReadiness';

/** Two attempts of its one activity; whoever is not looked at by then is looked at by the next run. */
export const readinessTimeoutSeconds = 120;

/** The one line that the Temporal UI shows for it in its list. */
export function readinessSummary(pair: string): string {
  return `readiness: ${pair}`;
}
