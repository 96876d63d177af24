import { oneLine } from '../../../domain/one-line';
import type * as RunKnowledge from '../../run-knowledge';
import { siteOf } from '../asked';
import { didYouMean } from '../did-you-mean';
import { exitCodes, type ExitCode } from '../exit-codes';
import type { Session } from '../session';
import { Trouble, usage } from '../trouble';
import { logLevel, type LogLevel } from '../../../runtime/logging';

/** Runs the worker until it is asked to stop. */
export async function worker(session: Session, options: { restore: boolean }): Promise<ExitCode> {
  const { runWorker, env } = session.surroundings;
  return untilStopped(() =>
    runWorker({ config: session.config, env, logLevel: levelOf(session), mayRestore: options.restore }),
  );
}

/** Runs an observer until it is asked to stop. */
export async function observer(session: Session, { name }: { name?: string }): Promise<ExitCode> {
  const { runObserver, wakingOf, env } = session.surroundings;
  const { config } = session;
  const names = [...new Set(config.sitePairs.flatMap(({ observers = [] }) => observers.map((one) => one.name)))];
  if (name === undefined) throw usage('It is not said which observer this is.', sayNames(names));
  if (!names.includes(name)) {
    throw usage(`No pair has an observer "${oneLine(name, 60)}".${didYouMean(name, names)}`, sayNames(names));
  }
  const openWaking = wakingOf(config, env);
  return untilStopped(() => runObserver({ config, env, logLevel: levelOf(session), name, openWaking }));
}

function sayNames(names: readonly string[]): string {
  if (names.length === 0) return 'No pair of the configuration has observers: add sitePairs[].observers.';
  return `Use ${names.map((name) => `--name ${name}`).join(' or ')}.`;
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

/** Loaded when a sentinel runs: a mistake at the command line is answered without Temporal's client. */
// eslint-disable-next-line @typescript-eslint/no-require-imports -- as said
const runKnowledge = () => require('../../run-knowledge') as typeof RunKnowledge;

/** Runs the sentinel of one site until it is asked to stop. */
export async function sentinel(session: Session, pairName: string, { site }: { site?: string }): Promise<ExitCode> {
  const { runSentinel, env } = session.surroundings;
  const pair = session.pair(pairName);
  const ours = siteOf(pair, site);
  const { config } = session;
  const runs = runKnowledge().openRunKnowledge({ config, env, pair: pair.name });
  return untilStopped(() =>
    runSentinel({ config, env, logLevel: levelOf(session), pair: pair.name, site: ours, runs }),
  );
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
