import { sameJson } from './canonical-json';
import { refusal, type Refusal } from './refusals';
import type { Decision, GoalRequest, HeardDecision, HeardRequest } from './heard';

/** A message that was heard before under the same id. */
export interface Repeat<Heard> {
  /** A repeat of it is answered alike. */
  heard: Heard;
  /** The id stands for another message: nothing of this one is taken. */
  reused?: Refusal;
}

/** The request that was heard under this id, if any. */
export function repeatedRequest(
  heard: readonly HeardRequest[],
  request: GoalRequest,
): Repeat<HeardRequest> | undefined {
  const before = heard.find(({ id }) => id === request.id);
  return before && repeat(before, sameJson(saidBy(before), saidBy(request)));
}

/** The decision that was heard under this id, if any; one without an id is no repeat. */
export function repeatedDecision(
  heard: readonly HeardDecision[],
  decision: Decision,
): Repeat<HeardDecision> | undefined {
  const before = decision.id === undefined ? undefined : heard.find(({ id }) => id === decision.id);
  return before && repeat(before, sameJson(decidedBy(before), decidedBy(decision)));
}

function repeat<Heard>(heard: Heard, same: boolean): Repeat<Heard> {
  return same ? { heard } : { heard, reused: refusal('KeyReused') };
}

const saidBy = ({ goal, site, by, reason, forSeconds }: GoalRequest) => ({ goal, site, by, reason, forSeconds });

/** Without the groups: somebody who is in another one by now says the same again. */
function decidedBy({ kind, gate, plan, site, by, how, reason, discardAtMost }: Decision) {
  return { kind, gate, plan, site, by, how, reason, discardAtMost };
}
