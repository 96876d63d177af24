import { toSitePair } from '../../../config';
import type { ObserveInput, ObserveResult } from '../../../workflows/contract/inputs';
import { exitCodes, type ExitCode } from '../exit-codes';
import { renderObservation } from '../rendering/observation';
import type { Session } from '../session';
import type { Runs } from '../surroundings';
import { Trouble } from '../trouble';

/** Looks at a pair now. Changes nothing, and starts no run. */
export async function observe(session: Session, name: string): Promise<ExitCode> {
  const pair = toSitePair(session.pair(name));
  const { output } = session;
  return session.withRuns(async ({ runs }) => {
    const seen = await look(runs, { pair: name });
    const { observation, verdict, readiness, evidence, devices } = seen;
    const forPeople = renderObservation({ pair, ...seen, colours: output.colours });
    output.answer(forPeople, { pair: name, verdict, readiness, evidence, devices, observation });
    return exitCodes.done;
  });
}

/** One look by a worker. @throws Trouble when no worker took it up, or its configuration is another than ours. */
export async function look(runs: Runs, input: ObserveInput): Promise<ObserveResult> {
  try {
    return await runs.observe(input);
  } catch (error) {
    const { name } = error as Error;
    if (name === 'NoWorkerAnswers') {
      const next = 'Start one: sitewarden worker. Until then act without one: docs/runbooks/emergency.md.';
      throw new Trouble(exitCodes.noWorker, `No worker answers, so ${input.pair} was not looked at.`, next);
    }
    if (name === 'WorkflowFailedError') throw failedLook(error, input.pair);
    throw error;
  }
}

function failedLook(error: unknown, pair: string): unknown {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ((cause as { type?: unknown }).type !== 'PairUnknown') continue;
    const next = 'Give the worker the configuration that this command used, and restart it.';
    return new Trouble(exitCodes.usageOrConfig, `The worker's configuration has no pair "${pair}".`, next);
  }
  return error;
}
