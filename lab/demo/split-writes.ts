import type { Lab } from '../lab';
import type { LabSite } from '../sites';

/** Not `work`: with real Keycloaks that holds what they tell each other. */
const cache = 'actionTokens';

/** Entries that tell, at the end, whose word counted. */
export const keys = {
  both: 'order-1',
  survivor: 'order-2',
  stale: 'order-3',
} as const;

const values = {
  before: 'as both sites had it',
  survivor: 'written by the survivor during the split',
  stale: 'written on the stale site during the split',
} as const;

/** Before the cut: an entry that both sites have. */
export async function writeBefore(lab: Lab): Promise<void> {
  await mustPut(lab, 'site-a', keys.both, values.before);
}

/** During the split: what the survivor accepts, which must be on both sites in the end. */
export async function writeOnSurvivor(lab: Lab, keepSite: LabSite): Promise<void> {
  await mustPut(lab, keepSite, keys.survivor, values.survivor);
  await mustPut(lab, keepSite, keys.both, values.survivor);
}

/**
 * In the first moments of the split, before anybody acts: what one site keeps to itself (a job that skips the backup).
 * Nobody is to have it in the end.
 */
export async function writeOnStaleSite(lab: Lab, staleSite: LabSite): Promise<void> {
  const { rest } = lab.infinispan.sites[staleSite];
  const statuses = [
    await rest.putHere(cache, keys.stale, values.stale),
    await rest.putHere(cache, keys.both, values.stale),
  ];
  if (statuses.some((status) => status !== 204))
    throw new Error(`${staleSite} refused a write with ${statuses.join()}`);
}

/** What a site says of the three entries: `order-1: written by ...`. */
export async function readBack(lab: Lab, site: LabSite): Promise<Record<keyof typeof keys, string | undefined>> {
  const { rest } = lab.infinispan.sites[site];
  const [both, survivor, stale] = await Promise.all([
    rest.get(cache, keys.both),
    rest.get(cache, keys.survivor),
    rest.get(cache, keys.stale),
  ]);
  return { both, survivor, stale };
}

/** What both sites must say of them at the end: the survivor's word, and nothing of the stale site's. */
export const afterTheWayBack = { both: values.survivor, survivor: values.survivor, stale: undefined } as const;

async function mustPut(lab: Lab, site: LabSite, key: string, value: string): Promise<void> {
  const status = await lab.infinispan.sites[site].rest.put(cache, key, value);
  if (status !== 204) throw new Error(`${site} refused ${cache}/${key} with ${status}`);
}
