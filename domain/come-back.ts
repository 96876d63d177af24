/**
 * The way back of a fenced site, after the guard's rows: prepare and ask, synchronize, ask again, online. Nothing here is
 * reached in a round in which a protective row has something to do.
 */
import { refusedFor, type Decided } from './assessing';
import { sayDiscards, type Comparison } from './comparison';
import { firstUnmet, holding, type Situation } from './conditions/condition';
import { fenceConditions } from './conditions/fence';
import {
  afterFailure,
  askSiteOnline,
  beginReturn,
  giveUpUnhealthy,
  siteOnlineConditions,
} from './conditions/site-online';
import { askSynchronize, beforeSynchronize, previewOf } from './conditions/prepare-synchronize';
import { switchingOn } from './conditions/switch-on';
import { begun, synchronizeConditions } from './conditions/synchronize';
import { atGate } from './gates';
import { linkIsStable } from './learn';
import { linkOf, sees } from './link';
import { wait, type Next, type Question } from './next';
import { note } from './notes';
import { phaseOf } from './phase';
import { otherSite } from './site-pair';
import type { Known } from './state';
import type { HeardDecision } from './heard';
import { seconds, type EpochMs } from './time';
import { groupsOf } from './traffic';
import { whatIsTrue } from './what-is-true';

/** The fence is proved: the run guards it, and once the link is whole it prepares the synchronize and asks. */
export function prepareSynchronize(situation: Situation): Decided {
  const { known, now } = situation;
  const dark = switchingOn(situation);
  if (dark) return { ...dark, known: { ...dark.known, refusal: undefined } };
  const guarded = guarding(situation);
  if (guarded) return { known: { ...known, refusal: undefined }, next: guarded };
  const unmet = firstUnmet(beforeSynchronize, situation);
  if (unmet) return { known, next: unmet };
  // The last of these rows holds only with it.
  const preview = previewOf(situation) as Comparison;
  const asked = atGate(situation, askSynchronize(situation, preview));
  const held = holding(situation);
  if ('question' in asked) return { known: asked.known, next: held ? underHold(asked.question) : asked.question };
  if (held) return { known: asked.known, next: held };
  const by = approvers(asked.passed);
  const { plan } = asked;
  const told = note(asked.known, now, `synchronize ${plan}: ${sayDiscards(preview)} will be discarded, ${saidBy(by)}`);
  const decided = knowing(situation, begun({ ...situation, known: told }, preview, plan, by));
  // Nothing is emptied yet, so there is one.
  return { known: decided.known, next: firstUnmet(synchronizeConditions, decided) as Next };
}

/** A site on its way back: the guard's rows first, then those of what was begun. */
export function comeBack(before: Situation): Decided {
  const situation = givenUp(before);
  const { known } = situation;
  const protective = firstUnmet(fenceConditions, situation);
  if (protective) return refusedFor(situation, protective);
  if (known.planned === 'offline') return wentOffline(situation);
  const failed = afterFailure(situation);
  if (failed && 'kind' in failed) return { known, next: failed };
  return failed ? forth(knowing(situation, failed)) : forth(situation);
}

/** Nothing protective is left to do. */
function forth(situation: Situation): Decided {
  const { known, now } = situation;
  if (known.return) return online(situation);
  const unmet = known.planned === 'online' ? undefined : firstUnmet(synchronizeConditions, situation);
  if (unmet) return { known, next: unmet };
  const asked = atGate(situation, askSiteOnline(situation));
  const held = holding(situation);
  if ('question' in asked) return { known: asked.known, next: held ? underHold(asked.question) : asked.question };
  if (held) return { known: asked.known, next: held };
  const by = approvers(asked.passed);
  const told = note(asked.known, now, `site online ${asked.plan}: ${saidBy(by)}`);
  return online(knowing(situation, beginReturn({ ...situation, known: told }, asked.plan, by)));
}

/** The plan can be read, and decided on, before anybody releases the run. */
function underHold(question: Question): Question {
  const said = `${question.question} The run is held: what is decided has its effect once it is released.`;
  return { ...question, question: said };
}

function givenUp(situation: Situation): Situation {
  const given = giveUpUnhealthy(situation);
  if (!given) return situation;
  return knowing(
    situation,
    note(given, situation.now, `${situation.roles.staleSite} is not healthy: it is taken out again`),
  );
}

/** The same situation, knowing more. */
function knowing(situation: Situation, learnt: Known): Situation {
  const known: Known = { ...learnt, phase: phaseOf(learnt) };
  return { ...situation, known, state: { ...situation.state, known } };
}

function online(situation: Situation): Decided {
  const { known, pair, observation, roles } = situation;
  const next = firstUnmet(siteOnlineConditions, situation);
  if (next) return { known, next };
  const what = known.synchronization ? 'was synchronized and ' : '';
  const report = `${roles.staleSite} ${what}serves again; both sites compared equal. ${whatIsTrue(pair, observation)}`;
  return { known: { ...known, phase: 'finished' }, next: { kind: 'finish', outcome: 'siteOnline', report } };
}

function wentOffline({ known, pair, observation, roles: { staleSite, keepSite } }: Situation): Decided {
  const report =
    `${staleSite} is out of traffic as planned, and goes on replicating. To bring it back: ` +
    `sitewarden site-online ${pair.name} --site ${staleSite} --reason "...". A split meanwhile is fenced, and ${keepSite} kept. ` +
    whatIsTrue(pair, observation);
  return { known: { ...known, phase: 'finished' }, next: { kind: 'finish', outcome: 'siteOffline', report } };
}

function approvers(passed: readonly HeardDecision[]): readonly string[] {
  return passed.map(({ by }) => by);
}

function saidBy(by: readonly string[]): string {
  return by.length === 0 ? 'by itself, as configured' : `approved by ${by.join(', ')}`;
}

/** What is still missing before the site can be synchronized; the run stays, looks, and repairs. */
function guarding({ pair, known, observation, now }: Situation): Next | undefined {
  if (!groupsOf(observation)) return wait('Global Accelerator to answer');
  if (linkIsStable(known, pair.policy.stableSeconds, now) && linkOf(pair, observation) === 'whole') return undefined;
  const watchful =
    known.keepSiteOfflineOnStaleDueSince !== undefined && known.keepSiteOfflineOnStaleSince === undefined;
  const pace = watchful ? 'fast' : 'slow';
  const blind = pair.sites.filter((site) => sees(pair, observation, site) !== true);
  if (blind.length === 0) {
    // Healed is said of a whole link only, so it is known since when it is whole.
    const until = (known.linkWholeSince as EpochMs) + seconds(pair.policy.stableSeconds);
    return wait(`both sites to see each other for ${pair.policy.stableSeconds} s`, { pace, until });
  }
  const missing = blind.map((site) =>
    sees(pair, observation, site) === false
      ? `${site} does not see ${otherSite(pair, site)}`
      : `${site}'s view is unknown`,
  );
  return wait(`the link to heal (${missing.join(', ')})`, { pace });
}
