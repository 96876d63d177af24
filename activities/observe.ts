import type { ApplicationState, Observation, Reading, SiteObservation } from '../domain/observation';
import { otherSite, type SiteName } from '../domain/site-pair';
import type { Clock, ConfiguredPair, ReadingJournal } from './dependencies';
import { notObserved, readerOf } from './reading';

/**
 * Reads everything about a pair at once. A read that fails or is slow becomes `{ unknown }`; this never throws.
 * Only a deep look reads what the way back needs and a fence does not: it costs the sites several more calls.
 * Repeating it is harmless: nothing is changed.
 */
export async function observe(
  { pair, gateways }: ConfiguredPair,
  { clock, journal }: { clock: Clock; journal: ReadingJournal },
  { deep = false }: { deep?: boolean } = {},
): Promise<Observation> {
  const startedAtMs = clock.monotonicMs();
  const read = readerOf(pair.name, { clock, journal });

  const readSite = async (site: SiteName): Promise<SiteObservation> => {
    const replication = gateways.replication[site];
    const health = gateways.health[site];
    const workload = gateways.workload[site];
    const peer = otherSite(pair, site);
    if (!replication) throw new Error(`no replication gateway for ${site}`);
    const onlyDeep = <T>(what: string, ask: (signal: AbortSignal) => Promise<T>): Reading<T> | Promise<Reading<T>> =>
      deep ? read(what, ask) : notObserved(clock.now());
    const [view, startedAt, backups, sizes, cluster, pushes, stores, application, status] = await Promise.all([
      read(`${site} view`, (signal) => replication.readView(signal)),
      read(`${site} start`, (signal) => replication.readStartedAt(signal)),
      read(`${site} backups`, (signal) => replication.readBackups(peer, signal)),
      read(`${site} sizes`, (signal) => replication.readSizes(pair.caches, signal)),
      onlyDeep(`${site} cluster`, (signal) => replication.readCluster(signal)),
      onlyDeep(`${site} pushes`, (signal) => replication.readPushes(peer, pair.caches, signal)),
      onlyDeep(`${site} stores`, (signal) => replication.readStores(pair.caches, signal)),
      workload
        ? onlyDeep(`${site} application`, (signal) => workload.readState(signal))
        : notObserved<ApplicationState>(clock.now()),
      health ? read(`${site} health`, (signal) => health.probe(signal)).then(asked) : notObserved<number>(clock.now()),
    ]);
    return { view, startedAt, backups, sizes, cluster, pushes, stores, application, health: status };
  };

  const [status, groups, ...sites] = await Promise.all([
    read('accelerator status', (signal) => gateways.traffic.readStatus(signal)),
    read('endpoint groups', (signal) => gateways.traffic.readGroups(signal)),
    ...pair.sites.map(readSite),
  ]);
  return {
    at: clock.now(),
    tookMs: Math.round(clock.monotonicMs() - startedAtMs),
    traffic: { status, groups },
    sites: Object.fromEntries(pair.sites.map((site, index) => [site, sites[index]])) as Record<string, SiteObservation>,
  };
}

/** A health URL that was asked and gave no status is never taken for a site that has none, whatever went wrong. */
function asked(status: Reading<number>): Reading<number> {
  return 'unknown' in status ? { unknown: 'HealthUnreachable', at: status.at } : status;
}
