import type { Reading, SiteView } from './observation';
import type { SiteName } from './site-pair';
import type { EpochMs } from './time';

/** As in `sitewarden observer --name <name>`; unique within a pair. */
export type ObserverName = string;

/** What one observer saw of a pair from where it stands. An observer is a witness: it votes, and holds no data. */
export interface Sighting {
  /** By the observer's own clock. */
  seenAt: EpochMs;
  sites: Readonly<Record<SiteName, SiteSighting>>;
  /** HTTP status of the service as clients reach it, through the accelerator; `NotObserved` where no URL is configured. */
  accelerator: Reading<number>;
  /** Of the place where the observer stands; `NotObserved` where nothing is configured to tell. */
  network: Reading<'connected' | 'isolated'>;
}

export interface SiteSighting {
  /** HTTP status of the site's health URL. Any answer shows that the site was reached. */
  health: Reading<number>;
  view: Reading<SiteView>;
}

/** By observer; an observer that did not answer in time is unknown, and never says that a site is down. */
export type Sightings = Readonly<Record<ObserverName, Reading<Sighting>>>;
