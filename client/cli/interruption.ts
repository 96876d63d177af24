/**
 * For a command in the middle of changing things: aborted at the first Ctrl-C, SIGTERM or SIGHUP from now on; the next one ends
 * the process as it always does. From now on a reader who goes away ends nothing: what was begun is not left half done
 * because of a closed pipe.
 */
export function interruption(): AbortSignal {
  const stop = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const first = (): void => {
    for (const signal of signals) process.removeListener(signal, first);
    stop.abort();
  };
  for (const signal of signals) process.on(signal, first);
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error').on('error', () => undefined);
  }
  return stop.signal;
}
