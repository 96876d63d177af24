import type { Verdict } from './verdict';
import { refusal, type Refusal } from './refusals';
import type { Decision, GoalRequest, HeardRequest, RunState } from './state';

/** What a caller is told at once. What will happen is in the run's status. */
export interface RequestAnswer {
  outcome: 'started' | 'joined' | 'refused';
  incident: string;
  refusal?: Refusal;
  /** The last verdict, if there is one yet. */
  verdict?: Verdict;
}

/** The fence that people asked for: the first request for one that was not refused. */
export function requestedFence(state: RunState): HeardRequest | undefined {
  return state.heard.requests.find(
    (request) => request.goal === 'fence' && !request.refused && !state.known.refusedRequests[request.id],
  );
}

/** Why a request cannot join this run; `undefined` when it can. Depends on what was said and latched, not on the world. */
export function requestRefusal(state: RunState, request: GoalRequest): Refusal | undefined {
  if (request.goal !== 'fence') {
    return refusal('GoalNotAvailable', `This version cannot pursue "${request.goal}". It can: fence.`);
  }
  if (!request.site) return refusal('SiteUnknown', 'A fence needs the name of the site to fence.');
  if (request.reason.trim() === '') return refusal('ReasonMissing');
  const staleSite = state.known.roles?.staleSite ?? requestedFence(state)?.site;
  if (staleSite !== undefined && staleSite !== request.site) {
    return refusal(
      'OppositeSiteFenced',
      `In incident ${state.incident} ${staleSite} is the site to fence; fencing ${request.site} as well would leave none.`,
    );
  }
  return undefined;
}

/** Why a decision has no effect on this run; `undefined` when it is taken. */
export function decisionRefusal(state: RunState, decision: Decision, blocked: boolean): Refusal | undefined {
  switch (decision.kind) {
    case 'abort':
    case 'hold':
      return decision.reason?.trim() ? undefined : refusal('ReasonMissing');
    case 'release':
      return state.heard.hold ? undefined : refusal('NotHeld');
    case 'approve':
    case 'reject':
      return refusal('GateNotOpen');
    case 'retry':
      return blocked ? undefined : refusal('NothingBlocked');
    case 'confirm':
      return refusal('NothingBlocked');
  }
}
