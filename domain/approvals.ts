/**
 * Which answers count at a gate. An answer counts for the gate, the plan and the epoch in which it was given, and for nothing
 * else; one person counts once, and a rejection voids every approval before it.
 */
import type { Question } from './next';
import type { RunState } from './state';
import type { Decision, HeardDecision } from './heard';

export interface Answering {
  state: Pick<RunState, 'heard'>;
  epoch: number;
  question: Pick<Question, 'gate' | 'plan' | 'discards'>;
}

type Person = Pick<Decision, 'how' | 'by'>;

/** Whoever is not proved to be somebody may be anybody: all of them together are one person, and so is who has the same name. */
export function isSamePerson(one: Person, other: Person): boolean {
  return one.by === other.by || (!isProved(one) && !isProved(other));
}

/** Only the API proves who decides. */
export function isProved({ how }: Pick<Decision, 'how'>): boolean {
  return how === 'api';
}

/** Every answer to that question that was taken, in order. */
export function answersTo({ state, epoch, question }: Answering): readonly HeardDecision[] {
  return state.heard.decisions.filter(
    (decision) =>
      (decision.kind === 'approve' || decision.kind === 'reject') &&
      !decision.refused &&
      decision.gate === question.gate &&
      decision.epoch === epoch &&
      decision.plan === question.plan,
  );
}

export function lastRejection(answering: Answering): HeardDecision | undefined {
  return answersTo(answering).findLast(({ kind }) => kind === 'reject');
}

/** The approvals since the last rejection, the latest of each person, whether or not they allow what would be discarded. */
export function approvalsSinceRejection(answering: Answering): readonly HeardDecision[] {
  const answers = answersTo(answering);
  const since = answers.findLastIndex(({ kind }) => kind === 'reject') + 1;
  const approvals = answers.slice(since);
  return approvals.filter(
    (approval, index) => !approvals.slice(index + 1).some((later) => isSamePerson(later, approval)),
  );
}

/** The approvals that count. */
export function standingApprovals(answering: Answering): readonly HeardDecision[] {
  return approvalsSinceRejection(answering).filter((approval) => allows(approval, answering.question.discards));
}

/** Whether an approval allows that so many entries are discarded. */
export function allows({ discardAtMost }: Pick<Decision, 'discardAtMost'>, discards: number | undefined): boolean {
  return discards === undefined || (discardAtMost !== undefined && discards <= discardAtMost);
}
