import { labCaches, type InfinispanPair } from './infinispan';
import type { InfinispanRest, LabEntries } from './infinispan-rest';
import { labSites, perSiteAsync, type LabSite } from './sites';
import { until } from './until';

const putsAtOnce = 32;
/** On busy cores a site loses sight of the other one for a moment, and refuses meanwhile: its application would try again. */
const takenWithinSeconds = 60;
const shownPerCache = 5;

export interface Load {
  caches?: readonly string[];
  /** Entries in each cache, beside those that it holds. */
  perCache: number;
  /** Begins every key, so that two loads do not meet. */
  prefix?: string;
  /** Length of a value in bytes. */
  bytes?: number;
}

/** Writes many entries to a site as its application would. @throws when the site goes on refusing one. */
export async function loadEntries(rest: InfinispanRest, load: Load): Promise<void> {
  const { caches = labCaches, perCache, prefix = 'entry', bytes = 100 } = load;
  const total = caches.length * perCache;
  let next = 0;
  const writer = async () => {
    while (next < total) {
      const index = next++;
      const [cache, key] = [caches[index % caches.length]!, `${prefix}-${Math.floor(index / caches.length)}`];
      await putUntilTaken(rest, cache, key, `${cache} ${key} `.padEnd(bytes, '.'));
    }
  };
  await Promise.all(Array.from({ length: putsAtOnce }, writer));
}

async function putUntilTaken(rest: InfinispanRest, cache: string, key: string, value: string): Promise<void> {
  const taken = async () => {
    const status = await rest.put(cache, key, value);
    if (status !== 204) throw new Error(`refused with ${status}`);
    return true;
  };
  await until(taken, { what: `${cache}/${key} is taken`, withinSeconds: takenWithinSeconds });
}

/**
 * How the sites' contents differ, every key and value read from both: one phrase per difference, the first few of each cache.
 * What expires may be gone from one of them: a push restarts lifespans.
 * One cache after the other: a server that is asked for all of them at once stands still long enough to be suspected.
 */
export async function differences(pair: Pick<InfinispanPair, 'sites'>): Promise<readonly string[]> {
  const phrases: string[] = [];
  for (const cache of labCaches) {
    const entries = await perSiteAsync((site) => pair.sites[site].rest.entries(cache)).catch(() =>
      // A list that breaks off: both sites have to be read in the same way.
      perSiteAsync((site) => pair.sites[site].rest.storedEntries(cache)),
    );
    phrases.push(...differencesOf(cache, entries));
  }
  return phrases;
}

/** Entries of each site, over all caches. */
export async function entriesOn(pair: Pick<InfinispanPair, 'sites'>): Promise<Record<LabSite, number>> {
  return perSiteAsync(async (site) => {
    const sizes = await Promise.all(labCaches.map((cache) => pair.sites[site].rest.size(cache)));
    return sizes.reduce((sum, size) => sum + size, 0);
  });
}

function differencesOf(cache: string, entries: Record<LabSite, LabEntries>): readonly string[] {
  const keys = new Set(labSites.flatMap((site) => [...entries[site].keys()]));
  const phrases = [...keys].flatMap((key) => {
    const missing = labSites.filter((site) => !entries[site].has(key));
    if (missing.length > 0) {
      return labSites.some((site) => entries[site].get(key)?.expires)
        ? []
        : `${cache}/${key} is not on ${missing.join()}`;
    }
    return entries['site-a'].get(key)?.value === entries['site-b'].get(key)?.value
      ? []
      : `${cache}/${key} has two values`;
  });
  const more = phrases.length - shownPerCache;
  return more > 0 ? [...phrases.slice(0, shownPerCache), `${more} more of ${cache} differ`] : phrases;
}
