import { answerRefusal } from './answers';
import { isHeldByItself } from './held';
import type { Next } from './next';
import { pauseAt } from './pause';
import type { Verdict } from './verdict';
import { refusal, type Refusal } from './refusals';
import { requestedFence } from './requested-fence';
import { isWayGoal, wayRefusal } from './requested-goals';
import type { RunState } from './state';
import type { Decision, GoalRequest } from './heard';
import type { EpochMs } from './time';

/** What a caller is told at once. What will happen is in the run's status. */
export interface RequestAnswer {
  outcome: 'started' | 'joined' | 'refused';
  incident: string;
  refusal?: Refusal;
  /** The last verdict, if there is one yet. */
  verdict?: Verdict;
}

const pauseSeconds = { min: 60, max: 7 * 86_400 } as const;

/** Why a request cannot join this run; `undefined` when it can. Depends on what was said and latched, not on the world. */
export function requestRefusal(state: RunState, request: GoalRequest, now: EpochMs): Refusal | undefined {
  if (request.reason.trim() === '') return refusal('ReasonMissing');
  if (request.goal === 'pause') return pauseRefusal(state, request, now);
  const { goal } = request;
  if (isWayGoal(goal)) return wayRefusal(state, { ...request, goal });
  if (goal !== 'fence') return refusal('GoalNotAvailable', 'A run is not asked to protect: an alert does that.');
  if (!request.site) return refusal('SiteUnknown', 'A fence needs the name of the site to fence.');
  const staleSite = state.known.roles?.staleSite ?? requestedFence(state)?.site;
  if (staleSite !== undefined && staleSite !== request.site) {
    return refusal(
      'OppositeSiteFenced',
      `In incident ${state.incident} ${staleSite} is the site to fence; fencing ${request.site} as well would leave none.`,
    );
  }
  return undefined;
}

/** Only the request that a pausing run was started with begins a pause: an open run has work to do. */
function pauseRefusal(state: RunState, { forSeconds }: GoalRequest, now: EpochMs): Refusal | undefined {
  if (state.goal !== 'pause' || state.heard.requests.length > 0) {
    const what = pauseAt(state, now) ? 'is paused already' : 'has an open run';
    return refusal('RunOpen', `${state.pair} ${what} (${state.incident}); look at its status first.`);
  }
  const length = forSeconds ?? 0;
  return length >= pauseSeconds.min && length <= pauseSeconds.max ? undefined : refusal('PauseLengthWrong');
}

/**
 * Why a decision has no effect on this run; `undefined` when it is taken.
 * @param next What the run does next, as last assessed: the question that it asks, or why it is blocked.
 */
export function decisionRefusal(
  state: RunState,
  decision: Decision,
  next: Next | undefined,
  now: EpochMs,
): Refusal | undefined {
  switch (decision.kind) {
    case 'abort':
    case 'hold':
      return decision.reason?.trim() ? undefined : refusal('ReasonMissing');
    case 'release':
      return state.heard.hold || pauseAt(state, now) || isHeldByItself(state.known) ? undefined : refusal('NotHeld');
    case 'approve':
    case 'reject':
      return answerRefusal(state, decision, next?.kind === 'ask' ? next : undefined, now);
    case 'retry':
      if (next?.kind !== 'blocked') return refusal('NothingBlocked');
      return next.can.includes('retry') ? undefined : notRetryable(next);
    case 'confirm':
      if (next?.kind !== 'blocked') return refusal('NothingBlocked');
      if (next.can.includes('confirm')) return vouchedSiteRefusal(decision, next);
      return refusal('NotConfirmable', `${next.type} is read, and nobody's word stands for it: mend it, then retry.`);
  }
}

function notRetryable({ type, can }: Extract<Next, { kind: 'blocked' }>): Refusal {
  const step = can.includes('confirm')
    ? 'do by hand what it says, then confirm'
    : 'put right what it names, and the run goes on by itself';
  return refusal('NotRetryable', `${type} waits for what people do, and nothing would be tried anew: ${step}.`);
}

/**
 * Nobody reads that a site was cut off by hand: whoever vouches for it names the site, so that a word that comes late does not
 * count for the other one.
 */
function vouchedSiteRefusal(
  { site }: Decision,
  { type, command }: Extract<Next, { kind: 'blocked' }>,
): Refusal | undefined {
  const meant = 'site' in command ? command.site : undefined;
  if (site === undefined ? type !== 'FenceManual' : site === meant) return undefined;
  const named = site === undefined ? '' : ` You named ${site}.`;
  return meant === undefined
    ? refusal('SiteUnknown', `What is blocked is about no single site: leave the site out.${named}`)
    : refusal('SiteUnknown', `Name the site that your word is about: what is blocked is about ${meant}.${named}`);
}
