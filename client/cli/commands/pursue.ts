import type { PairConfig } from '../../../config';
import type { RequestAnswer } from '../../../domain/requests';
import type { GoalRequest } from '../../../domain/state';
import type { Aim } from '../aims';
import { awaitAim } from '../awaiting';
import { exitCodes, type ExitCode } from '../exit-codes';
import { sendRequest, type IfNobodyWorks } from '../request';
import type { Session } from '../session';
import { beginWrite } from '../write';

/** A goal that a person asks a pair's run for. */
export interface Pursuit {
  request: GoalRequest;
  aim: Aim;
  /** What the run then does, as in `fences site-b`. */
  does: string;
  /** What is not so yet, as in `It is not proved yet.` */
  notYet: string;
  ifNobodyWorks: IfNobodyWorks;
  /** How long to wait until it is reached; not at all when absent. */
  withinSeconds?: number;
}

/** Asks for the goal, and waits until it is reached where that is wanted; shows what is true before and after. */
export async function pursue(session: Session, pair: PairConfig, pursuit: Pursuit): Promise<ExitCode> {
  const { request, aim, withinSeconds, ifNobodyWorks } = pursuit;
  const { name } = pair;
  const { id, site, by } = request;
  return session.withRuns(async ({ runs }) => {
    const write = await beginWrite({ session, runs, pair, look: true });
    const answer = await sendRequest(runs, name, request, ifNobodyWorks);
    const { incident, outcome } = answer;
    write.answered({ pair: name, site, request: id, by }, answer);
    const said = sayAnswer(name, pursuit, answer);
    if (outcome === 'refused' || withinSeconds === undefined) {
      await write.end(said);
      return outcome === 'refused' ? exitCodes.refused : exitCodes.done;
    }
    session.output.progress(said);
    const readerKnows = outcome === 'started' ? 'nothing' : 'past';
    const { instead } = ifNobodyWorks;
    const awaiting = { session, runs, pair: name, incident, aim, withinSeconds, readerKnows, instead } as const;
    const { followed, exitCode, text } = await awaitAim(awaiting);
    await write.end(text, { waited: followed });
    return exitCode;
  });
}

function sayAnswer(
  pair: string,
  { does, notYet }: Pursuit,
  { outcome, incident, refusal, verdict }: RequestAnswer,
): string {
  const reads = verdict ? ` The pair reads as ${verdict.kind}: ${verdict.because}.` : '';
  const look = `${notYet} Look: sitewarden status ${pair}`;
  switch (outcome) {
    case 'started':
      return `Started: incident ${incident} ${does}.${reads} ${look}`;
    case 'joined':
      return `Joined incident ${incident}, which was open already; it ${does}.${reads} ${look}`;
    case 'refused':
      return `Refused by incident ${incident}: ${refusal?.code}: ${refusal?.message}${reads}`;
  }
}
