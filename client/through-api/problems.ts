import { z } from 'zod';
import { oneLine } from '../../domain/one-line';
import { exitCodes, type ExitCode } from '../cli/exit-codes';
import { Trouble } from '../cli/trouble';
import { NoWorkerAnswers } from '../no-worker-answers';

export interface Answered {
  status: number;
  text: string;
}

const problemSchema = z.looseObject({
  code: z.string(),
  detail: z.string(),
  next: z.string().optional(),
  /** What the run answered: a refusal is an answer. */
  answer: z.unknown().optional(),
  recorded: z.boolean().optional(),
});

type Problem = z.output<typeof problemSchema>;

/**
 * What the API answered: a value, also where that is a run's refusal.
 * @throws an error of the direct client, by name, or Trouble with one sentence and the next step.
 */
export function answerIn<T>({ status, text }: Answered, api: string): T {
  const said = parsed(text);
  if (status >= 200 && status < 300 && said !== undefined) return said as T;
  const problem = problemSchema.safeParse(said);
  if (!problem.success) throw notTheApi(status, api);
  if (problem.data.answer !== undefined) return problem.data.answer as T;
  throw errorOf(status, problem.data);
}

/** Whether this is the problem of that code. */
export function hasCode({ text }: Answered, code: string): boolean {
  return problemSchema.safeParse(parsed(text)).data?.code === code;
}

function errorOf(status: number, { code, detail, next, recorded = false }: Problem): Error {
  switch (code) {
    case 'NoWorkerAnswers':
      return new NoWorkerAnswers(recorded);
    case 'NoOpenRun':
      return Object.assign(new Error(detail), { name: 'WorkflowNotFoundError' });
    case 'LookFailed':
      return Object.assign(new Error(detail), { name: 'WorkflowFailedError' });
    case 'NoRun':
      return Object.assign(new Error(detail), { name: 'WorkflowNotFoundError' });
  }
  return new Trouble(exitCodeOf(status), `The API says: ${oneLine(detail, 500)}`, next && oneLine(next, 500));
}

function exitCodeOf(status: number): ExitCode {
  switch (status) {
    case 403:
    case 409:
    case 422:
    case 429:
      return exitCodes.refused;
    case 500:
      return exitCodes.bug;
    case 503:
      return exitCodes.temporalUnreachable;
    default:
      return exitCodes.usageOrConfig;
  }
}

function notTheApi(status: number, api: string): Trouble {
  const what = `What answers at ${api} (status ${status}) is not Sitewarden's API.`;
  return new Trouble(exitCodes.usageOrConfig, what, 'Look at apiClient.url in sitewarden.yaml.');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
