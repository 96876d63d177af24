import type { Session } from '../session';
import { exitCodes, type ExitCode } from '../exit-codes';
import { Trouble, usage } from '../trouble';
import { logLevel, type LogLevel } from '../../../runtime/logging';

/** Runs the worker until it is asked to stop. */
export async function worker(session: Session, options: { restore: boolean }): Promise<ExitCode> {
  const { runWorker, env } = session.surroundings;
  return untilStopped(() =>
    runWorker({ config: session.config, env, logLevel: levelOf(session), mayRestore: options.restore }),
  );
}

/** Runs the webhook until it is asked to stop. */
export async function webhook(session: Session): Promise<ExitCode> {
  const { runWebhook, env } = session.surroundings;
  return untilStopped(() => runWebhook({ config: session.config, env, logLevel: levelOf(session) }));
}

/** Runs the HTTP API until it is asked to stop. */
export async function api(session: Session): Promise<ExitCode> {
  const { runApi, openArchive, env } = session.surroundings;
  return untilStopped(() => runApi({ config: session.config, env, logLevel: levelOf(session), openArchive }));
}

/** What stops a process from starting (an address that is taken, a file that is missing) is no bug of ours. */
async function untilStopped(run: () => Promise<void>): Promise<ExitCode> {
  try {
    await run();
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'Error' || 'details' in error) throw error;
    const next = 'Look at the configuration: sitewarden config check.';
    throw new Trouble(exitCodes.usageOrConfig, error.message, next, { cause: error });
  }
}

function levelOf({ surroundings: { env } }: Session): LogLevel {
  try {
    return logLevel(undefined, env);
  } catch (error) {
    throw usage((error as Error).message, 'Set SITEWARDEN_LOG_LEVEL, or leave it out.');
  }
}
