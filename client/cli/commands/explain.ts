import { exitCodes, type ExitCode } from '../exit-codes';
import { asData } from '../pair-data';
import { renderExplanation } from '../rendering/explain-page';
import type { Session } from '../session';

/** Why the pair is as it is: by its open run, or by what its last one left behind. Looks at no site. */
export async function explain(session: Session, name: string): Promise<ExitCode> {
  const pair = session.pair(name);
  const { output, surroundings } = session;
  return session.withRuns(async ({ runs }) => {
    const status = await runs.status(name);
    const text = renderExplanation(pair, status, surroundings.clock.now(), output.colours);
    output.answer(text, asData(name, status));
    return exitCodes.done;
  });
}
