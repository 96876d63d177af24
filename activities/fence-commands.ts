import type { ActivityDependencies } from './dependencies';
import { removeEndpoint, removeLostEndpoint, takeBackupOffline } from './effects';
import { commandActivity } from './run-command';
import type { Activities } from './types';

type FenceCommands = Pick<Activities, 'removeEndpoint' | 'removeLostEndpoint' | 'takeBackupOffline'>;

/**
 * The commands that fence. All are safe to repeat: what is absent or offline already stays so.
 * Failure codes: those of the effects, `DeadlinePassed`, `AttemptSuperseded`.
 */
export function createFenceCommands(dependencies: ActivityDependencies): FenceCommands {
  return {
    removeEndpoint: commandActivity(dependencies, removeEndpoint),
    removeLostEndpoint: commandActivity(dependencies, removeLostEndpoint),
    takeBackupOffline: commandActivity(dependencies, takeBackupOffline),
  };
}
