import { describeCommand, type Command } from '../domain/command';
import { failureTypes, OperatingFailure } from '../domain/failure-types';
import { openAttempt } from './attempt';
import type { ActivityDependencies } from './dependencies';
import type { Effect } from './effects';
import { asApplicationFailure, configuredPair } from './failures';
import type { CommandAccepted, CommandInput } from './types';

/**
 * Makes an activity of one effect: opens the attempt, runs the effect, tells the journal, and lets nothing but
 * catalogued failures out. What the effect returns is what the other side said.
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
      const said = await effect(configured, command, attempt);
      tell('accepted', said);
      return { at: clock.now(), said };
    } catch (error) {
      tell(error instanceof OperatingFailure ? error.type : 'CommandFailed', String(error));
      throw asApplicationFailure(error);
    }
  };
}
