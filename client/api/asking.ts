import { inTime } from '../../runtime/in-time';
import { grpcFailure } from '../cli/trouble';
import { NoWorkerAnswers } from '../no-worker-answers';
import { ApiProblem } from './problems';

/** With the time that a change of tokens may take, below the 5 s within which every caller is answered. */
const answersWithinMs = 3_400;
/** The rest of it is for a look whether the message is recorded all the same. */
export const workerAnswersWithinMs = 2_500;

export interface Asking {
  pair: string;
  /** Whether Temporal answers, bounded in time. */
  temporalAnswers: () => Promise<boolean>;
  /** A message that may yet be taken, rather than a look. */
  write?: boolean;
}

/**
 * What was asked of the runs, in time.
 * @throws ApiProblem in place of every error that is nobody's bug.
 */
export async function asked<T>(question: Promise<T>, { pair, temporalAnswers, write = false }: Asking): Promise<T> {
  const late = Symbol('late');
  try {
    const answer = await inTime<T, typeof late>(question, answersWithinMs, late);
    if (answer === late) throw new NoWorkerAnswers(false);
    return answer;
  } catch (error) {
    const problem = problemOf(error, pair, write);
    if (problem.code === 'NoWorkerAnswers' && !(await temporalAnswers())) throw unreachable(error);
    throw problem;
  }
}

function problemOf(error: unknown, pair: string, write: boolean): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof NoWorkerAnswers) return write ? nobodyWorks(error) : nobodyLooks(pair, error);
  const { name, cause } = error as Error;
  const more = { cause: error };
  switch (name) {
    case 'WorkflowNotFoundError':
      return new ApiProblem(
        'NoOpenRun',
        `${pair} has no open run, so nothing takes a decision.`,
        'Look at its status.',
        more,
      );
    case 'WorkflowUpdateFailedError':
      return new ApiProblem(
        'NotTaken',
        (cause as Error | undefined)?.message ?? 'The run did not take it.',
        `Look at its status, and send it again if it should still be taken: sitewarden status ${pair}`,
        more,
      );
    case 'WorkflowFailedError':
      return new ApiProblem('LookFailed', `A worker could not look at ${pair}.`, configDiffers, more);
    case 'NamespaceNotFoundError':
      return unreachable(error);
  }
  if (grpcFailure(error)) return unreachable(error);
  throw error;
}

const configDiffers = 'Give the workers the configuration of the API, and look at their log.';

function nobodyWorks(error: NoWorkerAnswers): ApiProblem {
  const { recorded } = error;
  const detail = recorded
    ? 'The request is recorded, and nobody is working.'
    : 'No worker answers, and it is not known whether the next one will be given the message.';
  const next =
    'Start a worker (sitewarden worker), and send the same again with the same Idempotency-Key: it is taken once.';
  return new ApiProblem('NoWorkerAnswers', detail, next, { recorded, cause: error });
}

function nobodyLooks(pair: string, cause: unknown): ApiProblem {
  const next = `Start a worker (sitewarden worker), and ask again. What is recorded: GET /v1/pairs/${pair}/status.`;
  return new ApiProblem('NoWorkerAnswers', 'No worker answers, so nothing was looked at.', next, { cause });
}

function unreachable(cause: unknown): ApiProblem {
  const next = 'Ask again; if it stays, look whether Temporal runs. To fence without it: sitewarden emergency.';
  return new ApiProblem('TemporalUnreachable', 'Temporal does not answer, or refuses us.', next, { cause });
}
