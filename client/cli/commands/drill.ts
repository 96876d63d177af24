import { toSitePair } from '../../../config';
import { cutsOf } from '../cuts';
import { exitCodes, type ExitCode } from '../exit-codes';
import { renderDrill } from '../rendering/drill';
import type { Session } from '../session';
import { Trouble } from '../trouble';
import { look } from './observe';

export interface DrillOptions {
  cut?: readonly string[];
}

/** An incident up to its plan, by the rules that would run, on what a worker reads now. Changes nothing, and starts no run. */
export async function drill(session: Session, name: string, options: DrillOptions): Promise<ExitCode> {
  const pair = toSitePair(session.pair(name));
  const { cut = [pair.sites.join('/')] } = options;
  cutsOf(pair, cut);
  const { output } = session;
  return session.withRuns(async ({ runs }) => {
    if ((await runs.status(name)).run === 'open') {
      const next = `See what it does: sitewarden status ${name}. A drill is for the time after it.`;
      throw new Trouble(exitCodes.refused, `A run of ${name} is open, so nothing is rehearsed.`, next);
    }
    const {
      observation,
      verdict,
      readiness = [],
      drill: drilled,
    } = await look(runs, {
      pair: name,
      drill: { cut },
      patient: true,
    });
    if (verdict.kind !== 'healthy') {
      const why = `${name} is not in peace (${verdict.kind}: ${verdict.because}), so nothing is rehearsed.`;
      throw new Trouble(exitCodes.refused, why, `Put that right first: sitewarden observe ${name}.`);
    }
    if (!drilled) {
      const why = 'The worker is of an older version, and knows no drill.';
      throw new Trouble(exitCodes.noWorker, why, 'Start one of this version: sitewarden worker.');
    }
    const page = { pair, cut, observation, drill: drilled, readiness, colours: output.colours };
    output.answer(renderDrill(page), { pair: name, cut, changed: false, ...drilled, readiness });
    return exitCodes.done;
  });
}
