import type { PairConfig } from '../../../config';
import type { Gate, Question } from '../../../domain/next';
import { oneLine } from '../../../domain/one-line';
import { count } from '../../../domain/progress';
import type { Decision } from '../../../domain/heard';
import type { RunStatus } from '../../../workflows/contract/inputs';
import { aimAt, type Aim } from '../aims';
import { longWaitSeconds, optionalReasonOf, reasonOf, siteOf, waitSeconds } from '../asked';
import { exitCodes, type ExitCode } from '../exit-codes';
import { gateOf } from '../gates';
import type { Keyboard } from '../keyboard';
import { renderQuestion, subjectOf } from '../rendering/question-page';
import type { Session } from '../session';
import type { Runs } from '../surroundings';
import { Trouble, usage } from '../trouble';
import { decide, type Deciding } from './decide';

export interface RejectOptions {
  gate?: string;
  plan?: string;
  reason?: string;
}

export interface ApproveOptions extends RejectOptions {
  wait?: number | boolean;
  site?: string;
  discardAtMost?: number;
}

/** An answer at a gate, before it is known who gives it. */
export type Answer = Pick<Decision, 'gate' | 'site' | 'plan' | 'discardAtMost' | 'reason'> & {
  kind: 'approve' | 'reject';
};

/**
 * Answers yes at a gate. Who sits at a terminal and names no plan is shown it, and approves by typing the name of the
 * site that it is about; everybody else has to name the plan that was read.
 */
export async function approve(session: Session, name: string, options: ApproveOptions): Promise<ExitCode> {
  const pair = session.pair(name);
  const given = givenBy(pair, options);
  const { keyboard } = session;
  const withinSeconds = waitSeconds(options.wait, longWaitSeconds);
  if (!keyboard || given.plan !== undefined) requireWords(name, options);
  return session.withRuns(async ({ runs }) => {
    const status = await statusOf(runs, name);
    const question = questionAt(status, given.gate);
    if (keyboard && given.plan === undefined) {
      if (!status || !question) throw nothingAsked(name, status);
      const answer = await typedApproval(session, { keyboard, status, question, given });
      if (answer) return sendAnswer({ session, runs, pair, answer, aim: aimOf(status, question), withinSeconds });
      session.output.answer('Nothing was sent.', { pair: name, sent: false });
      return exitCodes.usageOrConfig;
    }
    if (question?.plan !== undefined && given.plan === undefined) throw planMissing(name, question.plan);
    const answer: Answer = { ...bounded(given, question), kind: 'approve' };
    const aim = status && question ? aimOf(status, question) : aimAt(given.gate as Gate, name);
    return sendAnswer({ session, runs, pair, answer, aim, withinSeconds });
  });
}

/** Answers no at a gate; who sits at a terminal is asked for what is missing. */
export async function reject(session: Session, name: string, options: RejectOptions): Promise<ExitCode> {
  const pair = session.pair(name);
  const given = givenBy(pair, options);
  const { keyboard } = session;
  if (!keyboard) requireWords(name, options);
  return session.withRuns(async ({ runs }) => {
    const status = given.gate === undefined ? await statusOf(runs, name) : undefined;
    const question = questionAt(status, given.gate);
    if (given.gate === undefined && !question) throw nothingAsked(name, status);
    const { gate = question?.gate, plan = question?.plan } = given;
    const reason = given.reason ?? (keyboard && (await askReason(keyboard)));
    const answer: Answer = { kind: 'reject', gate, plan, reason: reasonOf(reason) };
    return sendAnswer({ session, runs, pair, answer });
  });
}

export interface Typing {
  keyboard: Keyboard;
  status: RunStatus;
  question: Question;
  given?: Partial<Answer>;
}

/** Shows the plan, and has its site's name typed; `undefined` when the person did not type it. */
export async function typedApproval(
  { output, surroundings }: Session,
  { keyboard, status, question, given = {} }: Typing,
): Promise<Answer | undefined> {
  const { gate, plan, choices = [] } = question;
  output.progress(renderQuestion(status, surroundings.clock.now(), output.colours));
  const names = choices.length > 0 ? choices : [subjectOf(status, question)];
  const typed = await keyboard.ask(`Type ${names.join(' or ')} to approve, nothing to leave it: `);
  if (typed === undefined || !names.includes(typed.trim())) return undefined;
  const site = choices.length > 0 ? typed.trim() : given.site;
  const reason = given.reason ?? (await askReason(keyboard));
  if (reason === undefined) return undefined;
  return { ...bounded({ ...given, gate, plan, site, reason }, question), kind: 'approve' };
}

/** Says what is asked, and has a reason typed; `undefined` when the person gave none. */
export async function typedRejection(
  { output }: Session,
  { keyboard, question: { gate, plan, question } }: Typing,
): Promise<Answer | undefined> {
  output.progress(`Reject at the gate ${gate}: ${question}`);
  const reason = await askReason(keyboard);
  return reason === undefined ? undefined : { kind: 'reject', gate, plan, reason };
}

async function askReason(keyboard: Keyboard): Promise<string | undefined> {
  return optionalReasonOf(await keyboard.ask('Why? '));
}

/** What an answer needs on its way. */
export type Sending = Pick<Deciding, 'session' | 'runs' | 'pair' | 'aim' | 'withinSeconds'> & { answer: Answer };

export async function sendAnswer({ answer, ...sending }: Sending): Promise<ExitCode> {
  const { kind, gate, discardAtMost } = answer;
  const bound = discardAtMost === undefined ? '' : ` ${sayBound(discardAtMost)}`;
  const taken = `${kind === 'approve' ? 'Approved' : 'Rejected'}: ${gate}.${bound}`;
  return decide({ ...sending, part: answer, taken });
}

function sayBound(discardAtMost: number): string {
  return `You allow at most ${count(discardAtMost)} ${discardAtMost === 1 ? 'entry' : 'entries'} to be discarded.`;
}

function aimOf(status: RunStatus, question: Question): Aim {
  return aimAt(question.gate, subjectOf(status, question));
}

/** What is shown as discarded is the bound, unless another one is named: more than was read is not approved. */
function bounded<T extends Partial<Answer>>(answer: T, question: Question | undefined): T {
  if (answer.discardAtMost !== undefined || question?.discards === undefined) return answer;
  return question.plan === answer.plan ? { ...answer, discardAtMost: question.discards } : answer;
}

const planId = /^[0-9a-f]{8}$/;

/** @throws Trouble when a word is none of those there are. */
function givenBy(pair: PairConfig, options: ApproveOptions): Partial<Answer> & { gate?: Gate } {
  const { gate, site, plan, discardAtMost, reason } = options;
  if (plan !== undefined && !planId.test(plan))
    throw usage(`"${oneLine(plan)}" is no plan: it has 8 hex digits.`, lookFor(pair.name));
  return {
    gate: gate === undefined ? undefined : gateOf(gate),
    site: site === undefined ? undefined : siteOf(pair, site),
    plan,
    discardAtMost,
    reason: optionalReasonOf(reason),
  };
}

/** @throws Trouble when nobody can be asked for what is missing. */
function requireWords(pair: string, { gate, reason }: RejectOptions): void {
  if (gate === undefined) throw usage('Which gate? Name it: --gate <gate>.', lookFor(pair));
  reasonOf(reason);
}

const lookFor = (pair: string): string => `What is asked, and the lines to answer it: sitewarden status ${pair}`;

/** `undefined` where it cannot be read or no worker answers: what is shown beside a decision never stands in its way. */
async function statusOf(runs: Runs, pair: string): Promise<RunStatus | undefined> {
  const status = await runs.status(pair).catch(() => undefined);
  return status?.run === 'open' ? status.status : undefined;
}

function questionAt(status: RunStatus | undefined, gate: Gate | undefined): Question | undefined {
  const next = status?.next;
  return next?.kind === 'ask' && (gate === undefined || next.gate === gate) ? next : undefined;
}

function planMissing(pair: string, plan: string): Trouble {
  const what = 'Which plan? An approval names the plan that was read.';
  return usage(what, `Read it: sitewarden status ${pair}. Then add --plan ${plan}, if that is the one you read.`);
}

function nothingAsked(pair: string, status: RunStatus | undefined): Trouble {
  const asks = status?.next?.kind === 'ask' ? `asks at the gate ${status.next.gate}` : 'asks nothing';
  const what = status ? `${pair} ${asks} now.` : `No run of ${pair} answers, so its plan cannot be shown.`;
  return new Trouble(exitCodes.refused, what, `Look: sitewarden status ${pair}`);
}
