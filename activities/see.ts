import type { Reading, SiteView } from '../domain/observation';
import type { Sighting, SiteSighting } from '../domain/sighting';
import type { SiteName } from '../domain/site-pair';
import type { HealthGateway, ReplicationGateway } from '../gateways/ports';
import type { Clock, ReadingJournal } from './dependencies';
import { applicationFailure } from './failures';
import { healthAsked, notObserved, readerOf } from './reading';

/** What an observer asks on behalf of one pair, by the roads that lead from where it stands. */
export interface ObserverView {
  pair: string;
  sites: readonly [SiteName, SiteName];
  replication: Readonly<Record<SiteName, Pick<ReplicationGateway, 'readView'>>>;
  /** Only for sites whose configuration names a health URL. */
  health: Readonly<Record<SiteName, HealthGateway>>;
  /** The service as clients reach it. */
  accelerator?: HealthGateway;
  /** Whether this place is cut off from everything; `NotObserved` where nothing tells. */
  network: () => Reading<'connected' | 'isolated'>;
}

export interface SeeInput {
  pair: string;
}

export interface ObserverActivities {
  see: (input: SeeInput) => Promise<Sighting>;
}

/** Well below what whoever asks waits for: one site that is silent must not make this place silent too. */
export const seeBudgetMs = 1_000;

/**
 * What can be seen of a pair from here, now. Whatever cannot be read is unknown, and the rest is told.
 * Repeating it is harmless: it only reads. Throws `PairUnknown` when this observer's configuration does not name it for the pair.
 */
export function createSee(dependencies: {
  views: ReadonlyMap<string, ObserverView>;
  clock: Clock;
  journal: ReadingJournal;
}): ObserverActivities['see'] {
  const { views, clock, journal } = dependencies;
  return async ({ pair }) => {
    const view = views.get(pair);
    if (!view)
      throw applicationFailure('PairUnknown', `This observer's configuration does not name it for ${pair}.`, false);
    const read = readerOf(pair, { clock, journal }, seeBudgetMs);
    const seeSite = async (site: SiteName): Promise<SiteSighting> => {
      const replication = view.replication[site];
      const health = view.health[site];
      if (!replication) throw new Error(`no replication gateway for ${site}`);
      const [status, seen] = await Promise.all([
        health
          ? read(`${site} health`, (signal) => health.probe(signal)).then(healthAsked)
          : notObserved<number>(clock.now()),
        read(`${site} view`, (signal) => replication.readView(signal)).then(viewAsked),
      ]);
      return { health: status, view: seen };
    };
    const { accelerator } = view;
    const [through, ...sites] = await Promise.all([
      accelerator
        ? read('accelerator', (signal) => accelerator.probe(signal)).then(healthAsked)
        : notObserved<number>(clock.now()),
      ...view.sites.map(seeSite),
    ]);
    const bySite = Object.fromEntries(view.sites.map((site, index) => [site, sites[index]]));
    return {
      seenAt: clock.now(),
      sites: bySite as Record<SiteName, SiteSighting>,
      accelerator: through,
      network: view.network(),
    };
  };
}

/** A view that was asked for and did not come in time: nobody may take it for one that nobody looked at. */
function viewAsked(view: Reading<SiteView>): Reading<SiteView> {
  return 'unknown' in view && view.unknown === 'NotObserved' ? { unknown: 'InfinispanUnreachable', at: view.at } : view;
}
