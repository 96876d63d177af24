import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import { describeCommand, restores, runsLong, type Command } from '../domain/command';
import type { Progress } from '../domain/comparison';
import { failureTypes, OperatingFailure } from '../domain/failure-types';
import { openAttempt, type Attempt } from './attempt';
import type { ActivityDependencies, ConfiguredPair } from './dependencies';
import type { Effect, Said } from './effect';
import { underOuterLock } from './outer-lock';
import { asApplicationFailure, configuredPair } from './failures';
import type { CommandAccepted, CommandInput } from './types';

/** Temporal learns so often that a long command is still carried out, and the command that it is no longer wanted. */
const heartbeatEveryMs = 2_000;

/**
 * Makes an activity of one effect: opens the attempt, runs the effect, tells the journal, and lets nothing but
 * catalogued failures out; a cancelled attempt ends as cancelled. What the effect returns is what the other side said.
 */
export function commandActivity<Kind extends Command['kind']>(
  dependencies: ActivityDependencies,
  effect: Effect<Kind>,
): (input: CommandInput<Kind>) => Promise<CommandAccepted> {
  const { clock, journal } = dependencies;
  return async ({ pair, commandId, command }) => {
    const attempt = openAttempt(commandId, clock);
    const tell = (outcome: string, message: string): void =>
      journal.commandEnded({ pair, commandId, command: describeCommand(command), outcome, message });
    try {
      const configured = configuredPair(dependencies, pair);
      // The rules send nothing in shadow mode; this holds for a run that was assessed by a worker of another configuration.
      if (configured.pair.mode === 'shadow')
        throw new OperatingFailure('ShadowMode', failureTypes.ShadowMode, { retryable: false });
      const run = (beating: Attempt): Promise<Said> => effect(configured, command, beating);
      let unlocked: string | undefined;
      const goesOnUnlocked = mayGoOnUnlocked(configured, command) && ((why: string) => (unlocked = why));
      const locked = (one: Attempt): Promise<Said> =>
        isReadOnly(command)
          ? run(one)
          : underOuterLock(configured, { commandId, ...(goesOnUnlocked && { goesOnUnlocked }) }, one, run);
      const said = await (runsLong(command) ? heartbeating(attempt, locked) : locked(attempt));
      const accepted = withoutLock(typeof said === 'string' ? { said } : said, unlocked);
      tell('accepted', accepted.said);
      return { at: clock.now(), ...accepted };
    } catch (error) {
      if (Context.current().cancellationSignal.aborted) {
        tell('cancelled', 'The attempt was cancelled.');
        throw new CancelledFailure('The attempt was cancelled; what was sent before may have taken effect.');
      }
      tell(error instanceof OperatingFailure ? error.type : 'CommandFailed', String(error));
      throw asApplicationFailure(error);
    }
  };
}

/** It changes nothing: others need not be kept out. */
const isReadOnly = ({ kind }: Command): boolean => kind === 'compareSites';

/** A store of locks that is dead must not keep a site from being fenced, unless the configuration says so. */
function mayGoOnUnlocked({ outerLock }: ConfiguredPair, command: Command): boolean {
  return outerLock !== undefined && !outerLock.fenceWaits && !restores(command);
}

function withoutLock<Accepted extends { said: string }>(accepted: Accepted, why: string | undefined): Accepted {
  return why === undefined ? accepted : { ...accepted, said: `${accepted.said}; without the outer lock: ${why}` };
}

/** Heartbeats while the work goes on, with what it told last. */
async function heartbeating<T>(attempt: Attempt, run: (attempt: Attempt) => Promise<T>): Promise<T> {
  let last: Progress | undefined;
  const beat = (): void => (last ? attempt.tell(last) : Context.current().heartbeat());
  beat();
  const timer = setInterval(beat, heartbeatEveryMs);
  try {
    return await run({
      ...attempt,
      tell(progress) {
        last = progress;
        attempt.tell(progress);
      },
    });
  } finally {
    clearInterval(timer);
  }
}
