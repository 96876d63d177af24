import { notObserved, readerOf } from '../../activities/reading';
import type { Clock, ReadingJournal } from '../../activities/dependencies';
import { seeBudgetMs } from '../../activities/see';
import type { Observation, SiteObservation } from '../../domain/observation';
import { otherSite, type SiteName } from '../../domain/site-pair';
import { symptomOf } from '../../domain/symptom';
import type { ObservedPair } from './compose';

/**
 * What the observer's own watch goes by: each site's view, and each site's backups; where these look as if the sites diverged, also
 * which of them is in traffic, since a fence looks the same.
 * A read that fails is unknown; this never throws, and changes nothing.
 */
export async function look(
  { pair, view, traffic: director }: Pick<ObservedPair, 'pair' | 'view' | 'traffic'>,
  { clock, journal }: { clock: Clock; journal: ReadingJournal },
): Promise<Observation> {
  const read = readerOf(pair.name, { clock, journal }, seeBudgetMs);
  const startedAtMs = clock.monotonicMs();
  const readSite = async (site: SiteName): Promise<readonly [SiteName, SiteObservation]> => {
    const replication = view.replication[site];
    if (!replication) throw new Error(`no replication gateway for ${site}`);
    const [seen, backups] = await Promise.all([
      read(`${site} view`, (signal) => replication.readView(signal)),
      read(`${site} backups`, (signal) => replication.readBackups(otherSite(pair, site), signal)),
    ]);
    return [site, { ...blank(clock.now()), view: seen, backups }];
  };
  const sites = Object.fromEntries(await Promise.all(pair.sites.map(readSite)));
  const at = clock.now();
  const traffic = { status: notObserved<never>(at), groups: notObserved<never>(at) };
  const seen: Observation = { at, tookMs: Math.round(clock.monotonicMs() - startedAtMs), traffic, sites };
  if (!director || symptomOf(pair, seen).kind !== 'diverging') return seen;
  const groups = await read('endpoint groups', (signal) => director.readGroups(signal));
  return { ...seen, traffic: { ...traffic, groups } };
}

function blank(at: number): SiteObservation {
  const unread = notObserved<never>(at);
  return {
    ...{ view: unread, startedAt: unread, backups: unread, sizes: unread, cluster: unread },
    ...{ pushes: unread, stores: unread, application: unread, health: unread },
  };
}
