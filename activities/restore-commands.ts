import type { ActivityDependencies } from './dependencies';
import { addEndpoint } from './effects';
import { commandActivity } from './run-command';
import type { Activities } from './types';

/**
 * The commands that send clients to a site again; only workers of the restore queue register them.
 * Safe to repeat. Failure codes: those of the effect, `DeadlinePassed`, `AttemptSuperseded`.
 */
export function createRestoreCommands(dependencies: ActivityDependencies): Pick<Activities, 'addEndpoint'> {
  return { addEndpoint: commandActivity(dependencies, addEndpoint) };
}
