/**
 * Places where a human decides: what is asked, what can be typed, and which answer counts.
 * An answer counts for the gate, the plan and the epoch in which it was given, and for nothing else.
 */
import type { Gate, Question } from './next';
import type { SiteName, SitePair } from './site-pair';
import type { HeardDecision, Known, RunState } from './state';

/** The last answer at a gate that still counts. */
export function answerAt(
  state: Pick<RunState, 'heard'>,
  known: Pick<Known, 'epoch'>,
  gate: Gate,
  plan?: string,
): HeardDecision | undefined {
  return state.heard.decisions.findLast(
    (decision) =>
      (decision.kind === 'approve' || decision.kind === 'reject') &&
      !decision.refused &&
      decision.gate === gate &&
      decision.epoch === known.epoch &&
      decision.plan === plan,
  );
}

/** The site that a person chose to be kept, in this epoch. */
export function chosenKeepSite(state: Pick<RunState, 'heard'>, known: Pick<Known, 'epoch'>): HeardDecision | undefined {
  const answer = answerAt(state, known, 'keepSite');
  return answer?.kind === 'approve' ? answer : undefined;
}

export function askKeepSite(pair: SitePair, question: string): Question {
  const approve = (site: SiteName) => `approve ${pair.name} --gate keepSite --site ${site} --reason "..."`;
  return { kind: 'ask', gate: 'keepSite', question, choices: pair.sites, answers: pair.sites.map(approve) };
}

/** A question that is answered by yes or no. */
export function askYesOrNo(pair: SitePair, gate: Gate, question: string, plan?: string): Question {
  const named = plan === undefined ? '' : ` --plan ${plan}`;
  const answers = ['approve', 'reject'].map((kind) => `${kind} ${pair.name} --gate ${gate}${named} --reason "..."`);
  return { kind: 'ask', gate, question, plan, answers };
}
