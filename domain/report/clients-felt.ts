import { drainMs } from '../learn-traffic';
import { clockTime, duration, type EpochMs } from '../time';
import type { ReportedRun } from './reported-run';

/**
 * What clients may have felt, one sentence each, as far as it follows from what was read. What was not read is said to be
 * unknown: nobody asked the clients.
 */
export function clientsFelt(run: ReportedRun): readonly string[] {
  const { roles, fencedAt, startedAt, ended } = run;
  if (ended?.outcome === 'siteOffline') return [takenOut, established('the site'), nobodyAsked];
  if (fencedAt === undefined) {
    const told = roles
      ? `Whether ${roles.staleSite} still got new connections is not proved.`
      : 'No fence was proved in this run, so none explains what clients felt.';
    return [told, nobodyAsked];
  }
  const stale = roles?.staleSite ?? 'the stale site';
  const until = clockTime(fencedAt);
  const found = run.adopted
    ? ` It was out of traffic already when this run looked first, at ${clockTime(startedAt)}.`
    : '';
  return [
    `New connections could reach ${stale} until ${until} at the latest: then it was read out of every endpoint group.${found}`,
    established(stale),
    servedAlone(fencedAt, run),
    ...restarts(run),
    nobodyAsked,
  ];
}

function servedAlone(fencedAt: EpochMs, { return: back, ended }: ReportedRun): string {
  const from = clockTime(fencedAt);
  const what = 'new connections went to one site only, except where the timeline says otherwise';
  const { servingAt } = back ?? {};
  if (servingAt === undefined) return `From ${from} ${ended ? 'until this run ended' : 'until now'} ${what}.`;
  const took = duration(Math.max(0, servingAt - fencedAt));
  return `From ${from} to ${clockTime(servingAt)} (${took}) ${what}.`;
}

const takenOut =
  'New connections went to one site only before this run ended: the other was read out of every endpoint group.';

function established(site: string): string {
  return `Established connections to ${site} may have gone on for up to ${drainMs / 1_000} s more: Global Accelerator keeps them so long.`;
}

const nobodyAsked = 'Requests that failed or hung were not counted: no client was asked.';

function restarts({ roles, keepSiteRestarts = 0 }: ReportedRun): readonly string[] {
  if (keepSiteRestarts === 0) return [];
  const times = keepSiteRestarts === 1 ? 'once' : `${keepSiteRestarts} times`;
  return [
    `The caches of ${roles?.keepSite ?? 'the kept site'} restarted ${times}; what was only in their memory was lost.`,
  ];
}
