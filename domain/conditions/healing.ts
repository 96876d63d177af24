/**
 * When the link heals by itself before anything was detached: the one case in which a run undoes what it did.
 * Nothing may have been lost meanwhile, and what is not read never counts as healed.
 */
import { mayBeSwitchedOff } from '../fence-levels';
import { linkOf } from '../link';
import { requestedFence } from '../requested-fence';
import { restartedSince } from '../starts';
import { allAttached, detachedCaches } from '../verdict';
import type { Situation } from './condition';

/**
 * Whether the link healed by itself with nothing lost meanwhile: it is whole, both sites replicate, and neither was
 * restarted. `unknown` when that cannot be read.
 */
export function healed(situation: Situation): boolean | 'unknown' {
  const { pair, state, known, observation, roles } = situation;
  const link = linkOf(pair, observation);
  const detached = [roles.keepSite, roles.staleSite].map((site) => detachedCaches(observation, site));
  // A site that restarted is empty.
  const restarted = restartedSince(observation, roles.staleSite, known.staleSiteStartedAt ?? state.startedAt);
  if (link === 'notWhole' || known.keepSiteRestarts > 0 || restarted) return false;
  if (detached.some((caches) => caches !== undefined && caches.length > 0)) return false;
  if (link === 'unknown' || detached.includes(undefined) || restarted === undefined) return 'unknown';
  return allAttached(observation, roles.keepSite) && allAttached(observation, roles.staleSite);
}

/**
 * Only a run that an alert started, and only before the first detaching call, may end without having detached anything; and not
 * once something broke inside a soak: the site that is to be fenced then may be an empty one. Nor once a device was asked to switch
 * the stale site off: it may go off yet.
 */
export function mayEndUndetached({ state, known }: Situation): boolean {
  if (requestedFence(state) || known.adopted || known.refenced || mayBeSwitchedOff(known)) return false;
  return known.detachRequestedAt === undefined && known.detachedAt === undefined;
}

/** True while a removed site may be put back because the link healed by itself: only once in a run. */
export function healedBeforeDetach(situation: Situation): boolean {
  return mayEndUndetached(situation) && !situation.known.restoredOnce && healed(situation) === true;
}

/** As `healedBeforeDetach`, but a view that is missing for a moment is no new split: unread time only freezes, and 15 s void. */
export function mayBeHealing(situation: Situation): boolean {
  if (healedBeforeDetach(situation)) return true;
  const { known, pair, observation } = situation;
  const unseen = linkOf(pair, observation) === 'unknown' && healed(situation) === 'unknown';
  const frozen = unseen && known.linkWholeSince !== undefined;
  return frozen && mayEndUndetached(situation) && !known.restoredOnce;
}
