import { randomUUID } from 'node:crypto';
import type { PairConfig } from '../../../config';
import { oneLine } from '../../../domain/one-line';
import type { Decision } from '../../../domain/heard';
import type { DecisionAnswer } from '../../../workflows/contract/messages';
import type { Aim } from '../aims';
import { awaitAim } from '../awaiting';
import { optionalReasonOf, reasonOf } from '../asked';
import { exitCodes, type ExitCode } from '../exit-codes';
import { sayRefusal } from '../rendering/refusal';
import { beginWrite, type Write } from '../write';
import type { Session } from '../session';
import type { Runs } from '../surroundings';
import { Trouble, usage } from '../trouble';

export interface DecideOptions {
  reason?: string;
}

/** Stops steps that bring a site back, until it is released; protection goes on. */
export function hold(session: Session, name: string, { reason }: DecideOptions): Promise<ExitCode> {
  const decision = { kind: 'hold', reason: reasonOf(reason) } as const;
  const taken = `Held: no step brings a site back; protection goes on. End it: sitewarden release ${name}`;
  return send(session, name, decision, taken);
}

/** Ends a hold or a pause. */
export function release(session: Session, name: string, { reason }: DecideOptions): Promise<ExitCode> {
  const decision = { kind: 'release', reason: optionalReasonOf(reason) } as const;
  return send(session, name, decision, 'Released: the run goes on by itself.');
}

/** Has a blocked command tried again. */
export function retry(session: Session, name: string, { reason }: DecideOptions): Promise<ExitCode> {
  const decision = { kind: 'retry', reason: optionalReasonOf(reason) } as const;
  return send(session, name, decision, 'Taken: what was blocked is tried again.');
}

export interface ConfirmOptions extends DecideOptions {
  /** The site that was cut off by hand, named once more. */
  site?: string;
}

/**
 * Vouches that what is blocked was done by hand; the run believes it when it reads it. That a site was cut off is not all
 * readable, and a wrong word destroys data: whoever vouches for that names the site once more.
 */
export function confirm(session: Session, name: string, { reason, site }: ConfirmOptions): Promise<ExitCode> {
  const decision = { kind: 'confirm', reason: reasonOf(reason) } as const;
  const pair = session.pair(name);
  return session.withRuns(async ({ runs }) => {
    const blocked = await fenceToVouchFor(runs, name);
    if (blocked && !(await isNamed(session, blocked, site))) {
      session.output.answer('Nothing was sent.', { pair: name, sent: false });
      return exitCodes.usageOrConfig;
    }
    const taken = 'Taken: the pair is read again, and what is read decides.';
    return decide({ session, runs, pair, part: { ...decision, site: blocked?.site ?? site }, taken });
  });
}

interface FenceByHand {
  site: string;
  message: string;
}

/** What the run waits for a person to vouch for, if it is that a site is cut off. */
async function fenceToVouchFor(runs: Runs, name: string): Promise<FenceByHand | undefined> {
  // What is shown beside a decision never stands in its way.
  const status = await runs.status(name).catch(() => undefined);
  const next = status?.run === 'open' ? status.status?.next : undefined;
  if (next?.kind !== 'blocked' || next.type !== 'FenceManual') return undefined;
  return next.command.kind === 'fenceByDevice' ? { site: next.command.site, message: next.message } : undefined;
}

/** @throws Trouble where nobody sits at a terminal to name it. */
async function isNamed(session: Session, { site, message }: FenceByHand, named?: string): Promise<boolean> {
  if (named === site) return true;
  const { keyboard, output } = session;
  if (named !== undefined || !keyboard) {
    const what =
      named === undefined ? 'Name the site that was cut off.' : `"${oneLine(named)}" is not what is asked for.`;
    throw usage(`${what} The run asks: ${message}`, `If that was done, and seen: add --site ${site}.`);
  }
  output.progress(`Beware: ${message}`);
  const typed = await keyboard.ask(
    `Type ${site} if you have seen for yourself that it serves nobody, nothing to leave it: `,
  );
  return typed?.trim() === site;
}

export interface Deciding {
  session: Session;
  runs: Runs;
  pair: PairConfig;
  part: Omit<Decision, 'by' | 'how'>;
  /** What is said when it was taken. */
  taken: string;
  /** With both of them: waits until this is reached. */
  aim?: Aim;
  withinSeconds?: number;
}

/** Sends a decision to the open run, and shows what was true before and after. */
export async function decide(deciding: Deciding): Promise<ExitCode> {
  const { session, runs, pair, part, taken, aim, withinSeconds } = deciding;
  const write = await beginWrite({ session, runs, pair, look: false });
  const { answer, exitCode } = await sendDecision({ session, write, runs, pair, part });
  const { incident, outcome } = answer;
  const said = outcome === 'refused' ? sayRefused(answer, pair.name) : `${taken} (incident ${incident})`;
  if (outcome === 'refused' || incident === undefined || !aim || withinSeconds === undefined) {
    await write.end(said);
    return exitCode;
  }
  session.output.progress(said);
  const awaiting = { session, runs, pair: pair.name, incident, aim, withinSeconds, readerKnows: 'present' } as const;
  const waited = await awaitAim(awaiting);
  await write.end(waited.text, { waited: waited.followed });
  return waited.exitCode;
}

function send(session: Session, name: string, part: Omit<Decision, 'by' | 'how'>, taken: string): Promise<ExitCode> {
  const pair = session.pair(name);
  return session.withRuns(({ runs }) => decide({ session, runs, pair, part, taken }));
}

/** As a run answers; without an open run there is none to take a decision. */
export type DecisionHeard = Omit<DecisionAnswer, 'incident' | 'refusal'> & {
  incident?: string;
  refusal?: { code: string; message: string };
};

export function sayRefused({ refusal }: DecisionHeard, pair: string): string {
  return refusal ? sayRefusal('Refused', refusal, pair) : 'Refused.';
}

interface Sending {
  session: Session;
  write: Write;
  runs: Runs;
  pair: PairConfig;
  part: Omit<Decision, 'by' | 'how'>;
}

/** @throws Trouble when no worker answers. */
export async function sendDecision({ session, write, runs, pair, part }: Sending) {
  const decision: Decision = { ...part, by: session.surroundings.who(), how: 'cli' };
  const answer = await heardBy(runs, pair.name, decision);
  const { kind: _kind, ...said } = part;
  write.answered({ pair: pair.name, decision: part.kind, by: decision.by, ...said }, answer);
  return { answer, exitCode: answer.outcome === 'refused' ? exitCodes.refused : exitCodes.done };
}

async function heardBy(runs: Runs, pair: string, decision: Decision): Promise<DecisionHeard> {
  try {
    return await runs.decide(pair, decision, randomUUID());
  } catch (error) {
    const { name } = error as Error;
    if (name === 'WorkflowNotFoundError') {
      const message = `${pair} has no open run, so nothing takes a decision.`;
      return { outcome: 'refused', refusal: { code: 'NoOpenRun', message } };
    }
    if (name === 'NoWorkerAnswers') {
      const what = `No worker answers: it is not known whether the decision (${decision.kind}) is recorded.`;
      const next = `The next worker may still carry it out. Start one (sitewarden worker) and look before you ask again: sitewarden status ${pair}`;
      throw new Trouble(exitCodes.noWorker, what, next);
    }
    throw error;
  }
}
