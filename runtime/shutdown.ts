import type { Logger } from './logging';

/** One thing to close; they are closed in the order given, each after the one before. */
export interface Closer {
  name: string;
  close(): Promise<unknown>;
}

/** What is needed of `process`; tests pass their own. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  removeListener(signal: NodeJS.Signals, listener: () => void): unknown;
  exit(code: number): unknown;
}

const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];

/**
 * Closes everything in order at the first SIGINT or SIGTERM. A closer that fails is logged and the next one follows.
 * When `withinMs` has passed, or at a second signal, the process exits at once with code 1.
 * @returns `finished`, resolved after the last closer; `stop` begins the same without a signal.
 */
export function closeOnSignal(options: {
  closers: readonly Closer[];
  logger: Logger;
  withinMs?: number;
  source?: SignalSource;
}): { finished: Promise<void>; stop: () => void } {
  const { closers, logger, withinMs = 10_000, source = process } = options;
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  let signalled = 0;
  const onSignal = (): void => {
    signalled += 1;
    if (signalled === 1) return begin();
    logger.warn('Asked to stop twice: exiting at once.');
    source.exit(1);
  };
  for (const signal of signals) source.on(signal, onSignal);

  const finished = begun.then(async () => {
    const late = setTimeout(() => {
      logger.error({ withinMs }, 'Not everything was closed in time: exiting.');
      source.exit(1);
    }, withinMs);
    for (const closer of closers) await closed(closer, logger);
    clearTimeout(late);
    for (const signal of signals) source.removeListener(signal, onSignal);
  });
  return { finished, stop: () => begin() };
}

async function closed(closer: Closer, logger: Logger): Promise<void> {
  const { name } = closer;
  try {
    await closer.close();
    logger.info({ closed: name }, `Closed: ${name}.`);
  } catch (err) {
    logger.error({ err, closed: name }, `Could not be closed: ${name}.`);
  }
}
