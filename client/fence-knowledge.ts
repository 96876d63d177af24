import type { FenceKnowledge } from '../domain/sentinel';
import type { SiteName } from '../domain/site-pair';
import { groupsOf, isAdmitted } from '../domain/traffic';
import type { ObserveResult } from '../workflows/contract/inputs';
import type { PairRuns } from './pair-runs';
import type { PairStatus } from './site-pair-client';

/**
 * Whether a site was fenced, by the pair's open run where that says so, else by what a worker reads now: a fence may have been made by
 * hand, or by a run that is over. Never fails: what could not be asked is nothing known.
 */
export async function readFence(
  runs: Pick<PairRuns, 'status' | 'observe'>,
  pair: string,
  site: SiteName,
): Promise<FenceKnowledge> {
  try {
    const byRun = fencedByRun(await runs.status(pair), site);
    return byRun ?? fencedAsRead(await runs.observe({ pair }), site);
  } catch (error) {
    const noWorker = (error as Error).name === 'NoWorkerAnswers';
    return { known: 'nothing', says: noWorker ? 'no worker answers' : 'Temporal does not answer' };
  }
}

/** `undefined` where the run says nothing against the site. */
function fencedByRun(status: PairStatus, site: SiteName): FenceKnowledge | undefined {
  if (status.run !== 'open') return undefined;
  const { status: said, memo } = status;
  const staleSite = said?.roles?.staleSite ?? memo?.staleSite;
  const phase = said?.phase ?? memo?.phase;
  // On its way back into traffic: a site that waited for the end of the run would never become healthy there.
  if (staleSite !== site || phase === 'admitting' || phase === 'soaking') return undefined;
  if (said?.admission) return { known: 'notFenced' };
  // Both hold the same, and a site that waited for the end of the run could never be kept instead.
  if (said?.isKeptLostUndetached) return undefined;
  const incident = said?.incident ?? memo?.incident ?? 'the open run';
  return { known: 'fenced', says: `${incident} has it out of traffic, and starts it when it brings it back` };
}

/** Clients may be sent to the site, and its replication is not known to be detached: then it may run. */
function fencedAsRead({ observation, verdict }: ObserveResult, site: SiteName): FenceKnowledge {
  const groups = groupsOf(observation);
  if (!groups) return { known: 'nothing', says: 'Global Accelerator could not be read' };
  if (!isAdmitted(groups, site)) return { known: 'fenced', says: 'it is out of traffic, and no open run says why' };
  if (verdict.kind === 'diverging') return { known: 'fenced', says: verdict.because };
  return verdict.kind === 'inconclusive' ? { known: 'nothing', says: verdict.because } : { known: 'notFenced' };
}
