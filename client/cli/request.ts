import type { RequestAnswer } from '../../domain/requests';
import type { GoalRequest } from '../../domain/heard';
import { exitCodes } from './exit-codes';
import type { Runs } from './surroundings';
import { Trouble } from './trouble';

/** What a person has to know of a request that met no worker. */
export interface IfNobodyWorks {
  /** What is true though the request is recorded. */
  recorded: string;
  /** What the next worker does. */
  next: string;
  /** What can be done instead, as an imperative. */
  instead?: string;
}

/** Asks the pair's run for a goal. @throws Trouble when no worker answers; it says whether the request is recorded. */
export async function sendRequest(
  runs: Runs,
  pair: string,
  request: GoalRequest,
  ifNobodyWorks: IfNobodyWorks,
): Promise<RequestAnswer> {
  try {
    return await runs.request(pair, request);
  } catch (error) {
    if ((error as Error).name !== 'NoWorkerAnswers') throw error;
    throw nobodyWorks(pair, (error as { recorded?: boolean }).recorded === true, ifNobodyWorks);
  }
}

function nobodyWorks(pair: string, recorded: boolean, { recorded: butTrue, next, instead }: IfNobodyWorks): Trouble {
  const look = `sitewarden status ${pair}`;
  if (!recorded) {
    const what = 'No worker answers for the open run: it is not known whether the request is recorded.';
    const or = instead ? `. Or ${instead}.` : '';
    const advice = `The next worker may still carry it out. Start one (sitewarden worker) and look before you ask again: ${look}${or}`;
    return new Trouble(exitCodes.noWorker, what, advice);
  }
  const or = instead ? ` Or ${instead}, and then: ${look}` : '';
  const advice = `Start one (sitewarden worker): ${next}.${or}`;
  return new Trouble(exitCodes.noWorker, `The request is recorded, and nobody is working: ${butTrue}.`, advice);
}
