import type { Known } from './state';
import type { Gate } from './site-pair';

const aboutSplit: readonly Gate[] = ['fence', 'fenceDiverging', 'keepSite'];

/**
 * The link reads whole again after people were asked about its split, and nothing was detached for it: what they answered counts
 * for that split and for no later one, so it is void. Of a fence that stands the answers stand too.
 * @param before What was known before this round's observation.
 */
export function splitOver(before: Known, known: Known): Known {
  const isWholeAgain = before.linkWholeSince === undefined && known.linkWholeSince !== undefined;
  const isUndetached = known.detachRequestedAt === undefined && known.detachedAt === undefined;
  const asked = known.asked !== undefined && aboutSplit.includes(known.asked.gate);
  if (!isWholeAgain || !asked || !isUndetached) return known;
  return { ...known, epoch: known.epoch + 1, asked: undefined };
}
