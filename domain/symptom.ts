/** What an observer that watches by itself takes for a reason to wake the run. It wakes; what the run reads decides. */
import { linkOf, sees } from './link';
import type { Observation } from './observation';
import { otherSite, type SitePair } from './site-pair';
import { groupsOf, isAdmitted } from './traffic';
import { detachedCaches } from './verdict';

export type SymptomKind = 'partition' | 'diverging';

/** `unknown`: what could not be read is no reason to wake anybody, and none to say that it is over. */
export type Symptom = { kind: 'none' } | { kind: 'unknown' } | { kind: SymptomKind; missing: string; because: string };

/**
 * Of the views and backups of both sites, as one place sees them; and of the traffic where that was read: a site that is out of it,
 * and not replicated to, is fenced, and nobody needs to be woken.
 * @returns with a reason, in `missing`, the site that the other one lacks; both, where neither sees the other.
 */
export function symptomOf(pair: Pick<SitePair, 'sites'>, observation: Observation): Symptom {
  switch (linkOf(pair, observation)) {
    case 'notWhole': {
      const blind = pair.sites.filter((site) => sees(pair, observation, site) === false);
      const missing = blind.map((site) => otherSite(pair, site));
      const because = blind.map((site) => `${site} does not see ${otherSite(pair, site)}`).join(', ');
      return { kind: 'partition', missing: missing.sort().join(' and '), because };
    }
    case 'whole':
      return ofReplication(pair, observation);
    case 'unknown':
      return { kind: 'unknown' };
  }
}

function ofReplication(pair: Pick<SitePair, 'sites'>, observation: Observation): Symptom {
  const read = pair.sites.map((site) => ({ site, caches: detachedCaches(observation, site) }));
  const without = read.flatMap(({ site, caches = [] }) => (caches.length > 0 ? [{ site, caches }] : []));
  if (without.length === 0) return { kind: read.some(({ caches }) => !caches) ? 'unknown' : 'none' };
  const groups = groupsOf(observation);
  if (groups && !pair.sites.every((site) => isAdmitted(groups, site))) return { kind: 'none' };
  const missing = without.map(({ site }) => otherSite(pair, site));
  const because = without.map(
    ({ site, caches }) => `${site} does not replicate ${caches.join(', ')} to ${otherSite(pair, site)}`,
  );
  return { kind: 'diverging', missing: missing.sort().join(' and '), because: because.join('; ') };
}
