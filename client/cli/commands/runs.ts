import { exitCodes, type ExitCode } from '../exit-codes';
import { renderRuns } from '../rendering/runs-table';
import type { Session } from '../session';
import { usage } from '../trouble';

export interface RunsOptions {
  open?: boolean;
  past?: boolean;
  limit: number;
}

/** Open and closed runs as Temporal lists them; of one pair, or of every pair, also of one that is not configured here. */
export async function runs(session: Session, name: string | undefined, options: RunsOptions): Promise<ExitCode> {
  if (name !== undefined) session.pair(name);
  if (options.open && options.past) throw usage('--open and --past ask for different runs.', 'Leave one of them out.');
  const open = options.open ? true : options.past ? false : undefined;
  const { output, surroundings } = session;
  return session.withRuns(async ({ runs }) => {
    const listed = await runs.runs({ pair: name, open, limit: options.limit });
    const text = renderRuns(listed, { ...options, pair: name, now: surroundings.clock.now() }, output.colours);
    output.answer(text, { runs: listed });
    return exitCodes.done;
  });
}
