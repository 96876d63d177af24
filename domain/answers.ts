/** Whether an answer to a question is taken. Each refusal is a sentence that says what to do instead; both are recorded. */
import { answersTo, isProved, isSamePerson, standingApprovals, type Answering } from './approvals';
import type { Approvals, Question } from './next';
import { refusal, type Refusal } from './refusals';
import type { RunState } from './state';
import type { Decision } from './heard';
import { clockTime, type EpochMs } from './time';

interface Answer {
  state: RunState;
  decision: Decision;
  question: Question;
  now: EpochMs;
}

/** Why an answer has no effect; `undefined` when it is taken. Whoever may not approve may not reject either. */
export function answerRefusal(
  state: RunState,
  decision: Decision,
  question: Question | undefined,
  now: EpochMs,
): Refusal | undefined {
  if (!question) return refusal('GateNotOpen', `Nothing waits for this decision.${whoApproved(state, decision)}`);
  const answer: Answer = { state, decision, question, now };
  const { gate, answers } = question;
  if (decision.gate !== gate) {
    const open = `The open question is "${gate}", and this answers "${decision.gate ?? 'none'}".`;
    return refusal('GateNotOpen', `${open}${whoApproved(state, decision)}`);
  }
  if (answers.length === 0) {
    return refusal('GoalNotAvailable', `This version takes no answer at the gate ${gate}: act by hand, or abort.`);
  }
  return planRefusal(answer) ?? approverRefusal(answer) ?? approvalRefusal(answer) ?? repeatRefusal(answer);
}

/** The place-holder in a line that was pasted as it stands is no reason. */
export function hasReason({ reason = '' }: Pick<Decision, 'reason'>): boolean {
  return !['', '...'].includes(reason.trim());
}

/** Of two people who decide at the same time, the second one is told who was first. */
function whoApproved({ heard }: RunState, { gate, plan }: Decision): string {
  const first = heard.decisions.find(
    (one) => one.kind === 'approve' && !one.refused && one.gate === gate && one.plan === plan,
  );
  return first && plan !== undefined ? ` ${first.by} has approved plan ${plan} already.` : '';
}

function planRefusal({ state, decision, question, now }: Answer): Refusal | undefined {
  const { plan, expiredPlan, expiresAt } = question;
  const readAgain = `Read what is asked now (sitewarden status ${state.pair}), and decide again.`;
  if (decision.plan !== undefined && decision.plan === expiredPlan) {
    return refusal('PlanExpired', `Plan ${expiredPlan} has expired; it is asked anew as plan ${plan}. ${readAgain}`);
  }
  if (decision.plan !== plan) {
    const answered = `You answered plan ${decision.plan ?? 'none'}; what is asked about now is ${plan ?? 'none'}.`;
    return refusal('PlanOutdated', `${answered} ${readAgain}`);
  }
  if (expiresAt !== undefined && now >= expiresAt) {
    return refusal('PlanExpired', `Plan ${plan} expired at ${clockTime(expiresAt)} and is asked anew. ${readAgain}`);
  }
  return undefined;
}

function approverRefusal({ decision, question }: Answer): Refusal | undefined {
  const { gate, approvals } = question;
  if (!approvals) return undefined;
  if (approvals.unattributed === 'refuse' && !isProved(decision)) {
    return refusal('ApproverNotAllowed', `${notProved(decision)} ${whoMay(gate, approvals)} Decide through the API.`);
  }
  const { from, requesters = [] } = approvals;
  if (from && !from.some((group) => decision.groups?.includes(group))) {
    return refusal('ApproverNotAllowed', `${decision.by} is in no group that decides here. ${whoMay(gate, approvals)}`);
  }
  if (requesters.includes(decision.by)) {
    const message = `${decision.by} asked for this, and by policy somebody else decides at the gate ${gate}.`;
    return refusal('RequesterMayNotApprove', message);
  }
  return undefined;
}

function notProved({ how, by }: Decision): string {
  return how === 'temporal-ui'
    ? 'A signal does not tell who sent it.'
    : `That it is ${by} who decides is not proved: the decision went to Temporal directly.`;
}

function whoMay(gate: string, { from, requesters }: Approvals): string {
  const who = from ? `only members of ${from.join(' or ')} decide` : 'only a proved identity decides';
  const notThem = requesters ? `, and not ${requesters.join(' or ')}, who asked for it` : '';
  return `At the gate ${gate} ${who}${notThem}.`;
}

/** What an approval has to say beside its plan. Whoever types into the Temporal UI is not asked for a reason. */
function approvalRefusal({ state, decision, question }: Answer): Refusal | undefined {
  if (decision.kind === 'reject') return undefined;
  const { choices = [], approvals, discards } = question;
  if (choices.length > 0 && !choices.includes(decision.site ?? '')) {
    return refusal('SiteUnknown', `Say which site is to be kept: ${choices.join(' or ')}.`);
  }
  const reasonRequired = approvals?.reasonRequired ?? true;
  if (reasonRequired && !hasReason(decision) && decision.how !== 'temporal-ui') return refusal('ReasonMissing');
  const { discardAtMost } = decision;
  if (discards === undefined || discardAtMost === undefined || discards <= discardAtMost) return undefined;
  const where = state.known.roles?.staleSite ?? 'the site';
  return refusal(
    'DiscardExceeded',
    `${where} now holds ${discards} entries to discard; you allowed ${discardAtMost}. Read the plan again (sitewarden status ${state.pair}).`,
  );
}

/** One person counts once, and what has been decided needs no further approval. */
function repeatRefusal({ state, decision, question }: Answer): Refusal | undefined {
  const { plan, approvals, choices } = question;
  const answering: Answering = { state, epoch: state.known.epoch, question };
  if (decision.kind === 'reject') {
    const last = answersTo(answering).at(-1);
    const same = last?.kind === 'reject' && isSamePerson(last, decision);
    return same ? refusal('AlreadyDecided', `${last.by} has rejected it already. It stays open.`) : undefined;
  }
  const standing = standingApprovals(answering);
  const needed = approvals?.needed ?? 1;
  if (choices) {
    const chosen = standing.some((one) => isSamePerson(one, decision) && one.site === decision.site);
    return chosen
      ? refusal('AlreadyDecided', `${decision.site} is what was chosen already. ${oneOnly(decision)}`)
      : undefined;
  }
  const names = standing.map(({ by }) => by).join(' and ');
  if (standing.length >= needed) {
    return refusal('AlreadyDecided', `Plan ${plan} is approved already, by ${names}; nothing more is needed.`);
  }
  if (!standing.some((one) => isSamePerson(one, decision))) return undefined;
  const so = `Plan ${plan} has ${standing.length} of ${needed} approvals (${names})`;
  return refusal(
    'AlreadyDecided',
    `${so}, and yours is among them: somebody else has to approve. ${oneOnly(decision)}`.trim(),
  );
}

function oneOnly(decision: Decision): string {
  return isProved(decision) ? '' : 'Decisions whose author is not proved count as one person.';
}
