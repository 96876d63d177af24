import { exitCodes, type ExitCode } from '../exit-codes';
import { asData } from '../pair-data';
import { renderStatusPage } from '../rendering/status-page';
import { renderStatusTable } from '../rendering/status-table';
import type { Session } from '../session';

/** What the runs say of themselves; what their memos say where no worker answers. Looks at no site. */
export async function status(session: Session, name: string | undefined): Promise<ExitCode> {
  const { output, surroundings } = session;
  const pairs = name === undefined ? session.config.sitePairs : [session.pair(name)];
  return session.withRuns(async ({ runs }) => {
    const rows = await Promise.all(pairs.map(async (pair) => ({ pair, status: await runs.status(pair.name) })));
    const now = surroundings.clock.now();
    const [row] = rows;
    if (name !== undefined && row) {
      output.answer(renderStatusPage(row.pair, row.status, now, output.colours), asData(name, row.status));
    } else {
      const all = rows.map((one) => asData(one.pair.name, one.status));
      output.answer(renderStatusTable(rows, now, output.colours), { pairs: all });
    }
    return exitCodes.done;
  });
}
