import type { PairConfig } from '../../../config';
import { clockTime } from '../../../domain/time';
import { exitCodes, type ExitCode } from '../exit-codes';
import { noColours } from '../output';
import { asData } from '../pair-data';
import { Screen } from '../rendering/screen';
import { renderStatusLine, renderStatusTable, type PairRow } from '../rendering/status-table';
import type { Session } from '../session';
import type { Runs } from '../surroundings';
import { troubleOf } from '../trouble';

const everyMs = 2_000;

/**
 * Shows what runs do until it is interrupted: on a terminal a table that is drawn again in place, elsewhere one line for
 * each change. A Temporal that goes away is shown and waited for.
 */
export async function watch(session: Session, names: readonly string[]): Promise<ExitCode> {
  const { surroundings, output, config } = session;
  const pairs = names.length === 0 ? config.sitePairs : [...new Set(names)].map((name) => session.pair(name));
  const interrupted = surroundings.quitSignal();
  const view = output.terminal ? new LiveTable(session, new Screen(output.terminal)) : new Changes(session);
  return session.withRuns(async ({ runs }) => {
    while (!interrupted.aborted) {
      const rows = await unless(interrupted, read(runs, pairs));
      if (typeof rows === 'string') view.silent(rows);
      else if (rows) view.show(rows);
      await unless(interrupted, surroundings.clock.pause(everyMs));
    }
    return exitCodes.done;
  });
}

/** The rows, or in one sentence why Temporal does not give them. @throws what waiting does not mend. */
async function read(runs: Runs, pairs: readonly PairConfig[]): Promise<readonly PairRow[] | string> {
  try {
    return await Promise.all(pairs.map(async (pair) => ({ pair, status: await runs.status(pair.name) })));
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble.exitCode !== exitCodes.temporalUnreachable) throw error;
    return trouble.message;
  }
}

/** What the promise gives, or `undefined` as soon as we are interrupted. */
async function unless<T>(interrupted: AbortSignal, promise: Promise<T>): Promise<T | undefined> {
  let stop: () => void = () => undefined;
  const stopped = new Promise<undefined>((resolve) => (stop = () => resolve(undefined)));
  if (interrupted.aborted) stop();
  interrupted.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    interrupted.removeEventListener('abort', stop);
  }
}

class LiveTable {
  private rows: readonly PairRow[] = [];

  constructor(
    private readonly session: Session,
    private readonly screen: Screen,
  ) {}

  show(rows: readonly PairRow[]): void {
    this.rows = rows;
    this.draw(`every ${everyMs / 1_000} s, Ctrl-C ends`);
  }

  /** What was read last stays, and is said to be old. */
  silent(why: string): void {
    this.draw(this.session.output.colours.red(`${why} What stands above is old. Trying again; Ctrl-C ends.`));
  }

  private draw(said: string): void {
    const { surroundings, output } = this.session;
    const { colours } = output;
    const now = surroundings.clock.now();
    const foot = `${colours.dim(clockTime(now))}  ${said}`;
    this.screen.draw(`${renderStatusTable(this.rows, now, colours)}\n${foot}`);
  }
}

class Changes {
  private readonly told = new Map<string, string>();

  constructor(private readonly session: Session) {}

  show(rows: readonly PairRow[]): void {
    this.told.delete('');
    const { output, surroundings } = this.session;
    const now = surroundings.clock.now();
    for (const row of rows) {
      const { name } = row.pair;
      if (!this.isNews(name, renderStatusLine(row, now, noColours))) continue;
      const text = `${clockTime(now)}  ${renderStatusLine(row, now, output.colours)}`;
      output.event(text, { at: now, ...asData(name, row.status) });
    }
  }

  silent(why: string): void {
    const { output, surroundings } = this.session;
    const now = surroundings.clock.now();
    if (this.isNews('', why)) output.event(`${clockTime(now)}  ${output.colours.red(why)}`, { at: now, error: why });
  }

  private isNews(key: string, said: string): boolean {
    if (this.told.get(key) === said) return false;
    this.told.set(key, said);
    return true;
  }
}
