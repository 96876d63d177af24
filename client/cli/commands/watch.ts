import type { PairConfig } from '../../../config';
import { exitCodes, type ExitCode } from '../exit-codes';
import { PressedKeys } from '../pressed-keys';
import type { PairRow } from '../rendering/status-table';
import type { Session } from '../session';
import type { Runs } from '../surroundings';
import { troubleOf } from '../trouble';
import { onKey } from '../watching/answering';
import { Changes } from '../watching/changes';
import { LiveTable } from '../watching/live-table';
import type { View } from '../watching/view';

const everyMs = 2_000;

/**
 * Shows what runs do until it is interrupted: on a terminal a table that is drawn again in place, with keys to read a plan
 * and to answer it; elsewhere one line for each change. A Temporal that goes away is shown and waited for.
 */
export async function watch(session: Session, names: readonly string[]): Promise<ExitCode> {
  const { output, config, keyboard } = session;
  const pairs = names.length === 0 ? config.sitePairs : [...new Set(names)].map((name) => session.pair(name));
  const interrupted = session.surroundings.quitSignal();
  const { terminal } = output;
  return session.withRuns(async ({ runs }) => {
    const watching = { session, runs, pairs, interrupted };
    if (!terminal) return look(watching, new Changes(session));
    const table = new LiveTable({ session, terminal, everyMs, keys: keyboard !== undefined });
    if (!keyboard) return look(watching, table);
    const keys = new PressedKeys(keyboard);
    try {
      return await look(watching, table, keys, (key) => onKey(key, { session, runs, table, keys }));
    } finally {
      keys.stop();
    }
  });
}

interface Watching {
  session: Session;
  runs: Runs;
  pairs: readonly PairConfig[];
  interrupted: AbortSignal;
}

/** @param handle Does what a key asks for; false ends the watch. */
async function look(
  { session, runs, pairs, interrupted }: Watching,
  view: View,
  keys?: PressedKeys,
  handle?: (key: string) => Promise<boolean>,
): Promise<ExitCode> {
  const { clock } = session.surroundings;
  while (!interrupted.aborted) {
    const rows = await unless(interrupted, read(runs, pairs));
    if (typeof rows === 'string') view.silent(rows);
    else if (rows) view.show(rows);
    const paused = clock.pause(everyMs);
    await unless(interrupted, keys ? Promise.race([paused, keys.pressed()]) : paused);
    for (let key = keys?.take(); key !== undefined; key = keys?.take()) {
      if (!(await handle?.(key))) return exitCodes.done;
    }
  }
  return exitCodes.done;
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
