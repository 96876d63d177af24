/** A break inside the soak: both sites serve, and were compared equal before. */
import { refusedFor, type Decided } from './assessing';
import type { Situation } from './conditions/condition';
import { keepSiteObstacle } from './eligibility';
import { unanswerable } from './gates';
import { unheed } from './heed';
import { latchAnew } from './latch';
import { whatVoids } from './learn-way-back';
import type { Next } from './next';
import { note } from './notes';
import { nextEpoch } from './phase';
import { rolesForSplit } from './roles';
import { otherSite, type SiteName } from './site-pair';
import { restartedSince } from './starts';
import type { Known, Roles } from './state';
import type { Return } from './way-back';
import { clockTime } from './time';
import { verdictOf } from './verdict';
import { whatIsTrue } from './what-is-true';

/**
 * Both sites serve, equal, and something broke inside the soak: who is to be fenced is decided as in any split, except that a
 * site that restarted, and is empty, is the one. Nobody is asked before, whatever the gates of a fence say: the site was let in on
 * the condition that it is equal and replicates, and while people were waited for both would serve and drift apart, unseen once the
 * link heals. The run then holds itself: what breaks twice is for a person to look at.
 * Where nobody may be fenced the run never calls the sites equal again: what was written on either side while they were apart is
 * not sent once the link heals. A person says how to go on.
 * `undefined` while nothing broke.
 */
export function brokenInSoak(situation: Situation): Decided | { known: Known; roles: Roles } | undefined {
  const { known, pair, observation, roles, state, now } = situation;
  const back = known.return;
  if (back?.servingAt === undefined) return undefined;
  const { servingAt, unfenced } = back;
  const why = whatVoids(situation, known);
  if (why === undefined) return unfenced && refusedFor(situation, apartUnfenced(situation, unfenced));
  const empty = pair.sites.find((site) => restartedSince(observation, site, servingAt));
  const choice = empty
    ? { roles: { keepSite: otherSite(pair, empty), staleSite: empty, because: `${empty} restarted and is empty` } }
    : rolesForSplit(pair, state, observation, verdictOf(pair, observation));
  if ('refusal' in choice) {
    const apart: Return = { ...back, unfenced: unfenced ?? { at: now, why } };
    const remembering = { ...situation, known: { ...known, return: apart } };
    return refusedFor(remembering, { kind: 'refuse', refusal: choice.refusal }, waysToKeep(situation));
  }
  const told = note(nextEpoch(known), now, `inside the soak of ${roles.staleSite}: ${why}; fenced anew`);
  // The sites compared equal after what was detached before: a new fence starts from there.
  const equal: Known = {
    ...unheed(told, 'release'),
    detachedAt: undefined,
    detachRequestedAt: undefined,
    restoredOnce: true,
  };
  return { known: latchAnew({ ...equal, refenced: { at: now } }, choice.roles, observation, now), roles: choice.roles };
}

/** Both sites serve: what a person types to have one of them kept, of each that could be. */
function waysToKeep({ pair, observation, roles: { keepSite, staleSite } }: Situation): readonly string[] {
  const fence = (site: SiteName): string => `sitewarden fence ${pair.name} --site ${site} --reason "..."`;
  // The run never fences the site that it keeps: another one does, once this one has ended.
  const insteadOf = `sitewarden abort ${pair.name} --reason "...", and then ${fence(keepSite)}`;
  return [
    { kept: keepSite, left: staleSite, line: fence(staleSite) },
    { kept: staleSite, left: keepSite, line: insteadOf },
  ]
    .filter(({ kept, left }) => !keepSiteObstacle(observation, { keepSite: kept, staleSite: left }))
    .map(({ kept, line }) => `To keep ${kept}: ${line}.`);
}

/** It is over, and nobody was fenced meanwhile. */
function apartUnfenced(situation: Situation, { at, why }: NonNullable<Return['unfenced']>): Next {
  const { pair, observation, roles } = situation;
  const question = [
    `Inside the soak of ${roles.staleSite} (since ${clockTime(at)}: ${why}) nobody was fenced, so the sites may differ. What is to be done?`,
    ...waysToKeep(situation),
    `If both hold the same for certain: sitewarden abort ${pair.name} --reason "...".`,
    whatIsTrue(pair, observation),
  ].join(' ');
  return unanswerable({ gate: 'keepSite', question });
}
