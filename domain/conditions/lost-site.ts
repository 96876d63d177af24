/**
 * When the kept site is lost: it serves in no endpoint group any more.
 *
 * Before anything was detached the two sites are still equal, so the roles are swapped: the stale site is put back, and the
 * lost one is fenced. Once, and not against a person's word; otherwise a person is asked. After the detach the stale site
 * lacks what was written since, so only a person may let it serve (admission.ts).
 */
import { couldServe, keepSiteObstacle } from '../eligibility';
import { mayBeSwitchedOff } from '../fence-levels';
import { askKeepSite, chosenKeepSite } from '../gates';
import { relatchRoles } from '../latch';
import { wait, waitForEnd, type Next } from '../next';
import { readAt } from '../observation';
import { isAttached, isKeptLost } from '../phase';
import { requestedFence } from '../requested-fence';
import { mayKeep } from '../roles';
import type { Known, Roles } from '../state';
import { endpointOf, groupsOf, groupsOrNone, isServedBy } from '../traffic';
import { maySoonShow, protect, type Condition, type Situation } from './condition';
import { addCommand, trafficMayChange } from './changes';

/** Whether the kept site has been read as lost for long enough to act on it. */
export function isLost({ known, now }: Situation): boolean {
  return isKeptLost(known, now);
}

/** Whether anything was detached, or may have been: from then on the stale site lacks what the kept one wrote. */
export function mayHaveDetached({ known }: Situation): boolean {
  return known.detachRequestedAt !== undefined || known.detachedAt !== undefined;
}

/** While the kept site reads lost and the other one could serve, nothing is detached that would make the loss final. */
export const keepSiteServes: Condition = {
  name: 'keepSiteServes',
  because:
    'nothing is detached on a kept site that is being lost while the other one could still take its place, unless a person keeps it',
  undo: 'none needed: nothing is done',
  holds: (situation) =>
    isAttached(situation.known) || mayHaveDetached(situation) || !isBeingLost(situation) || isKeptByDecision(situation),
  make: ({ roles }) => wait(`${roles.keepSite} to serve again before ${roles.staleSite} is detached`),
};

/** A person was asked and keeps it all the same. */
function isKeptByDecision(situation: Situation): boolean {
  return chosenKeepSite(situation)?.site === situation.roles.keepSite;
}

function isBeingLost({ pair, observation, roles }: Situation): boolean {
  const { keepSite, staleSite } = roles;
  const groups = groupsOf(observation);
  // Its sentinel starts it once the lost site's lease has ended.
  const standsBy = pair.activePassive === true && readAt(observation, staleSite, 'view') !== undefined;
  return groups !== undefined && !isServedBy(groups, keepSite) && (standsBy || couldServe(observation, staleSite));
}

export type LostBeforeDetach = { next: Next } | { swapped: Known; roles: Roles };

/**
 * What is done about a kept site that is lost before anything was detached, or for which a person chose the other one;
 * `undefined` when there is nothing to be done.
 */
export function lostBeforeDetach(situation: Situation): LostBeforeDetach | undefined {
  if (mayHaveDetached(situation) || isKeptByDecision(situation)) return undefined;
  const { known, pair, state, roles, observation, now } = situation;
  const { keepSite, staleSite } = roles;
  const chosen = chosenKeepSite(situation);
  if (!chosen && !(isLost(situation) && isBeingLost(situation))) return undefined;
  // What a device was asked for may take effect yet: clients would be sent to a site that goes off.
  const goesOff = mayBeSwitchedOff(known);
  const mayBySelf =
    (known.swaps ?? 0) < 1 && !requestedFence(state) && !goesOff && mayKeep(pair, observation, staleSite);
  const missing = groupsOrNone(observation).filter((group) => !endpointOf(group, staleSite));
  const notOurs = missing.some(({ arn }) => known.groups[arn]?.removedByUs !== true);
  if (notOurs || !(mayBySelf || chosen)) {
    const question = `${keepSite} serves nobody any more, and nothing is detached yet. Which site is to be kept?`;
    const notOut = notOurs ? `${question} ${staleSite} was not taken out by this run.` : question;
    return { next: askKeepSite(situation, notOut) };
  }
  if (goesOff && state.commands.running) return { next: waitForEnd(state.commands.running.command) };
  const [group] = missing;
  if (group) {
    const command = addCommand(situation, group.arn);
    if (maySoonShow(situation, command)) return { next: wait(`the accepted return of ${staleSite} to be read`) };
    return {
      next: protect(situation, command, `${keepSite} is lost, and nothing is detached: ${staleSite} can serve`),
    };
  }
  if (trafficMayChange(situation)) return { next: wait('an earlier command, which may still take effect') };
  const because = chosen ? `${chosen.by} decided to keep it` : `${keepSite} was lost before anything was detached`;
  const swapped: Roles = { keepSite: staleSite, staleSite: keepSite, because };
  const obstacle = keepSiteObstacle(observation, swapped);
  if (obstacle) return { next: { kind: 'refuse', refusal: obstacle } };
  const latched = relatchRoles({ ...known, swaps: (known.swaps ?? 0) + 1 }, swapped, observation, now);
  return { swapped: latched, roles: swapped };
}
