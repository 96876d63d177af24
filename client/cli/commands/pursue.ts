import type { PairConfig } from '../../../config';
import type { Outcome } from '../../../domain/next';
import type { RequestAnswer } from '../../../domain/requests';
import type { GoalRequest } from '../../../domain/state';
import type { RunStatus } from '../../../workflows/contract/inputs';
import { exitCodes, type ExitCode } from '../exit-codes';
import { follow, type Followed } from '../follow';
import { sendRequest, type IfNobodyWorks } from '../request';
import type { Session } from '../session';
import { beginWrite } from '../write';

/** A goal that a person asks a pair's run for, and when it is reached. */
export interface Pursuit {
  request: GoalRequest;
  /** What the run then does, as in `fences site-b`. */
  does: string;
  /** What is not so yet, as in `It is not proved yet.` */
  notYet: string;
  /** Of the open run: it goes on after that. */
  reached: (status: RunStatus) => boolean;
  sayReached: (status: RunStatus) => string;
  /** How a run ends that has reached it. */
  endsAs: readonly Outcome[];
  /** As in `Not fenced`. */
  missed: string;
  ifNobodyWorks: IfNobodyWorks;
  /** How long to wait until it is reached; not at all when absent. */
  withinSeconds?: number;
}

/** Asks for the goal, and waits until it is reached where that is wanted; shows what is true before and after. */
export async function pursue(session: Session, pair: PairConfig, pursuit: Pursuit): Promise<ExitCode> {
  const { request, withinSeconds } = pursuit;
  const { name } = pair;
  const { id, site, by } = request;
  return session.withRuns(async ({ runs }) => {
    const write = await beginWrite({ session, runs, pair, look: true });
    const answer = await sendRequest(runs, name, request, pursuit.ifNobodyWorks);
    write.answered({ pair: name, site, request: id, by }, answer);
    const said = sayAnswer(name, pursuit, answer);
    if (answer.outcome === 'refused' || withinSeconds === undefined) {
      await write.end(said);
      return answer.outcome === 'refused' ? exitCodes.refused : exitCodes.done;
    }
    session.output.progress(said);
    session.output.progress(`Waiting up to ${withinSeconds} s; the run goes on if you stop waiting.`);
    const followed = await follow({
      runs,
      pair: name,
      incident: answer.incident,
      reached: pursuit.reached,
      withinSeconds,
      clock: session.surroundings.clock,
      output: session.output,
      readerKnows: answer.outcome === 'started' ? 'nothing' : 'past',
    });
    const { exitCode, text } = concluded(followed, name, { ...pursuit, withinSeconds });
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

type Waiting = Pursuit & { withinSeconds: number };

function concluded(followed: Followed, pair: string, waiting: Waiting): { exitCode: ExitCode; text: string } {
  const { withinSeconds, ifNobodyWorks } = waiting;
  switch (followed.end) {
    case 'reached':
      return { exitCode: exitCodes.done, text: waiting.sayReached(followed.status) };
    case 'closed': {
      const { result, outcome } = followed;
      const report = result?.report ?? `Look: sitewarden observe ${pair}`;
      if (waiting.endsAs.some((end) => end === outcome)) return { exitCode: exitCodes.done, text: report };
      const text = `${waiting.missed}; the run has ended (${outcome}). ${report}`;
      return { exitCode: outcome === 'refused' ? exitCodes.refused : exitCodes.notFinished, text };
    }
    case 'timeUp': {
      const { waitingFor } = followed.status;
      const still = waitingFor === undefined ? '' : ` Last: ${waitingFor.replace(/\.$/, '')}.`;
      const text = `Not proved within ${withinSeconds} s.${still} The run goes on: sitewarden status ${pair}`;
      return { exitCode: exitCodes.notFinished, text };
    }
    case 'noWorker': {
      const instead = ifNobodyWorks.instead ? `, or ${ifNobodyWorks.instead}` : '';
      const text = `Not proved within ${withinSeconds} s: no worker answers. The request is recorded; start a worker${instead}.`;
      return { exitCode: exitCodes.noWorker, text };
    }
  }
}
