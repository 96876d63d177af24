import type { PairConfig } from '../../../config';
import type { RequestAnswer } from '../../../domain/requests';
import type { GoalRequest } from '../../../domain/heard';
import type { Aim } from '../aims';
import { awaitAim } from '../awaiting';
import { exitCodes, type ExitCode } from '../exit-codes';
import { firstWord, type FirstWord } from '../first-word';
import { sayNext, sayWaysOn } from '../rendering/lines';
import { sayRefusal } from '../rendering/refusal';
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

/**
 * Asks for the goal, and waits until it is reached where that is wanted, else for the run's first word; shows what is true
 * before and after.
 */
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
    if (outcome === 'refused') {
      await write.end(said);
      return exitCodes.refused;
    }
    if (withinSeconds === undefined) {
      const word = await firstWord({ runs, pair: name, incident, clock: session.surroundings.clock });
      await write.end(sayWord(session, pursuit, { pair: name, said, incident, word }), { word });
      return exitAfter(word, aim);
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

/** What ended before it was reached is no success, whatever was recorded. */
function exitAfter(word: FirstWord, { endsAs }: Aim): ExitCode {
  if (word.said === 'refused') return exitCodes.refused;
  return word.said === 'ended' && !endsAs.some((end) => end === word.outcome) ? exitCodes.notFinished : exitCodes.done;
}

function sayWord(
  { output, surroundings }: Session,
  { aim }: Pursuit,
  { pair, said, incident, word }: { pair: string; said: string; incident: string; word: FirstWord },
): string {
  switch (word.said) {
    case 'nothing':
      return said;
    case 'next': {
      const { status } = word;
      return [said, ...sayNext(status, surroundings.clock.now(), output.colours), ...sayWaysOn(status)].join('\n');
    }
    case 'ended': {
      const missed =
        exitAfter(word, aim) === exitCodes.done ? '' : `${aim.missed}; the run has ended (${word.outcome}). `;
      return `${missed}${word.report ?? `Look: sitewarden observe ${pair}`}`;
    }
    case 'refused': {
      const by = `Refused by incident ${incident}`;
      if (!word.passing) return sayRefusal(by, word.refusal, pair);
      const look = 'This may pass: the run looks again for about a minute, and does what was asked as soon as it can.';
      return `${sayRefusal(`${by}, as things are read now`, word.refusal, pair)}\n${look}`;
    }
  }
}

function sayAnswer(
  pair: string,
  { does, notYet }: Pursuit,
  { outcome, incident, refusal, verdict }: RequestAnswer,
): string {
  const reads = verdict ? ` The pair reads as ${verdict.kind}: ${verdict.because}.` : '';
  // After the next step, which may end in a command line to copy.
  const readsBelow = reads.replace(' ', '\n');
  const look = `${notYet} Look: sitewarden status ${pair}`;
  switch (outcome) {
    case 'started':
      return `Started: incident ${incident} ${does}.${reads} ${look}`;
    case 'joined':
      return `Joined incident ${incident}, which was open already; it ${does}.${reads} ${look}`;
    case 'refused':
      return `${refusal ? sayRefusal(`Refused by incident ${incident}`, refusal, pair) : `Refused by incident ${incident}.`}${readsBelow}`;
  }
}
