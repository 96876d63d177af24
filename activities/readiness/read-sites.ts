import type { ReadinessFacts, SiteReadiness } from '../../domain/readiness/facts';
import { otherSite, type SiteName } from '../../domain/site-pair';
import type { Clock, ConfiguredPair, ReadingJournal } from '../dependencies';
import { notObserved, readerOf } from '../reading';

/**
 * Reads what an incident would depend on and no fence does: how caches are configured, and what the applications are.
 * A read that fails or is slow becomes `{ unknown }`; this never throws. Repeating it is harmless: nothing is changed.
 */
export async function readSites(
  { pair, gateways }: ConfiguredPair,
  { clock, journal }: { clock: Clock; journal: ReadingJournal },
): Promise<ReadinessFacts['sites']> {
  const read = readerOf(pair.name, { clock, journal });

  const readSite = async (site: SiteName): Promise<readonly [SiteName, SiteReadiness]> => {
    const replication = gateways.replication[site];
    const workload = gateways.workload[site];
    if (!replication) throw new Error(`no replication gateway for ${site}`);
    const [caches, server] = await Promise.all([
      read(`${site} cache configurations`, (signal) =>
        replication.readCacheConfigurations(otherSite(pair, site), pair.caches, signal),
      ),
      workload?.readServerInfo
        ? read(`${site} server info`, (signal) => workload.readServerInfo!(signal))
        : notObserved<never>(clock.now()),
    ]);
    return [site, { caches, server }];
  };

  return Object.fromEntries(await Promise.all(pair.sites.map(readSite)));
}
