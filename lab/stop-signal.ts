import { once } from 'node:events';

/** Is aborted at the first Ctrl-C or SIGTERM. A second one ends the process at once; its children die with it. */
export function interruption(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130);
      stop.abort(new Error(`stopped by ${signal}`));
    });
  }
  return stop.signal;
}

/** The same as a promise, which resolves then. */
export async function stopSignal(): Promise<void> {
  await once(interruption(), 'abort');
}
