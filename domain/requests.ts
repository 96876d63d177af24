import { answerRefusal } from './answers';
import { isHeldByItself } from './held';
import type { Next } from './next';
import { pauseAt } from './pause';
import type { Verdict } from './verdict';
import { refusal, type Refusal } from './refusals';
import { requestedFence } from './requested-fence';
import { isWayGoal, wayRefusal } from './requested-goals';
import type { Decision, GoalRequest, RunState } from './state';
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
      return next?.kind === 'blocked' ? undefined : refusal('NothingBlocked');
    case 'confirm':
      if (next?.kind !== 'blocked') return refusal('NothingBlocked');
      return next.can.includes('confirm')
        ? undefined
        : refusal('NotConfirmable', `${next.type} is read, and nobody's word stands for it: mend it, then retry.`);
  }
}
