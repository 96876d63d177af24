import type { Decision } from '../../../domain/state';
import type { DecisionAnswer } from '../../../workflows/contract/messages';
import { defaultWaitSeconds, reasonOf, waitSeconds } from '../asked';
import { exitCodes, type ExitCode } from '../exit-codes';
import { follow, type Followed } from '../follow';
import type { Session } from '../session';
import type { Runs } from '../surroundings';
import { Trouble } from '../trouble';

export interface AbortOptions {
  reason?: string;
  wait?: number | boolean;
}

/** Ends the pair's run: what was begun is made safe, what is true is reported, and after it nobody guards. */
export async function abort(session: Session, name: string, options: AbortOptions): Promise<ExitCode> {
  const { output, surroundings } = session;
  session.pair(name);
  const decision: Decision = { kind: 'abort', by: surroundings.who(), how: 'cli', reason: reasonOf(options.reason) };
  return session.withTemporal(async ({ runs }) => {
    const answer = await decide(runs, name, decision);
    const asked = { pair: name, by: decision.by, ...answer };
    if (answer.outcome === 'refused') {
      output.answer(`Refused: ${answer.refusal?.code}: ${answer.refusal?.message}`, asked);
      return exitCodes.refused;
    }
    const withinSeconds = options.wait === undefined ? defaultWaitSeconds : waitSeconds(options.wait);
    const taken = `Taken: incident ${answer.incident} makes safe what was begun, and ends.`;
    if (withinSeconds === undefined) {
      output.answer(`${taken} Look: sitewarden status ${name}`, asked);
      return exitCodes.done;
    }
    output.progress(taken);
    const { clock } = surroundings;
    const { incident } = answer;
    const following = { runs, pair: name, incident, reached: () => false, withinSeconds, clock, output };
    const followed = await follow({ ...following, readerKnows: 'present' });
    const { exitCode, text } = concluded(followed, name, withinSeconds);
    output.answer(text, { ...asked, waited: followed });
    return exitCode;
  });
}

async function decide(runs: Runs, pair: string, decision: Decision): Promise<DecisionAnswer> {
  try {
    return await runs.decide(pair, decision);
  } catch (error) {
    const { name } = error as Error;
    if (name === 'WorkflowNotFoundError') {
      const next = `Look at the pair: sitewarden observe ${pair}`;
      throw new Trouble(exitCodes.refused, `${pair} has no open run: there is nothing to abort.`, next);
    }
    if (name === 'NoWorkerAnswers') {
      const next = `The next worker may still carry it out. Start one (sitewarden worker) and look before you ask again: sitewarden status ${pair}`;
      throw new Trouble(exitCodes.noWorker, 'No worker answers: it is not known whether the abort is recorded.', next);
    }
    throw error;
  }
}

function concluded(followed: Followed, pair: string, withinSeconds: number): { exitCode: ExitCode; text: string } {
  switch (followed.end) {
    case 'closed': {
      const { outcome, result } = followed;
      const unseen = `It left no report, and nobody guards ${pair} any more. Look: sitewarden observe ${pair}`;
      return { exitCode: exitCodes.done, text: `The run has ended (${outcome}). ${result?.report ?? unseen}` };
    }
    case 'noWorker': {
      const text = `Not ended within ${withinSeconds} s: no worker answers. The abort is recorded; start a worker.`;
      return { exitCode: exitCodes.noWorker, text };
    }
    case 'reached':
    case 'timeUp':
      return {
        exitCode: exitCodes.notFinished,
        text: `Not ended within ${withinSeconds} s. The run goes on making things safe: sitewarden status ${pair}`,
      };
  }
}
