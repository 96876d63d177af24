import type { AlertPathIntake, Watchdog } from './alert-path-intake';

export interface HeardWatchdogs {
  heard: readonly Watchdog[];
  /** How many Temporal has not taken. */
  missing: number;
  /** The first failure, for the log. */
  failure?: unknown;
}

/** Has each site's watchdog kept once, all at the same time. Returns at the latest after `withinMs`, with what is certain by then. */
export async function hearWatchdogs(
  watchdogs: readonly Watchdog[],
  { alertPath, withinMs }: { alertPath: AlertPathIntake; withinMs: number },
): Promise<HeardWatchdogs> {
  const each = new Map(watchdogs.map((watchdog) => [JSON.stringify([watchdog.pair, watchdog.reporter]), watchdog]));
  const heard: Watchdog[] = [];
  let failure: unknown;
  const keep = async (watchdog: Watchdog): Promise<void> => {
    try {
      await alertPath.heard(watchdog);
      heard.push(watchdog);
    } catch (error) {
      failure ??= error;
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)));
  await Promise.race([Promise.all([...each.values()].map(keep)), late]);
  clearTimeout(timer);
  // A copy: calls that end later must not change an answer that was already given.
  return { heard: [...heard], missing: each.size - heard.length, failure };
}
