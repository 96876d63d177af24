import type { ActivityDependencies } from './dependencies';
import {
  cancelPush,
  fenceByDevice,
  removeEndpoint,
  removeLostEndpoint,
  stopApplication,
  takeBackupOffline,
} from './effects-fence';
import { commandActivity } from './run-command';
import type { Activities } from './types';

type FenceCommands = Pick<
  Activities,
  'removeEndpoint' | 'removeLostEndpoint' | 'takeBackupOffline' | 'fenceByDevice' | 'stopApplication' | 'cancelPush'
>;

/**
 * The commands that fence. All are safe to repeat: what is absent, offline, stopped or cancelled already stays so.
 * Failure codes: those of the effects, `DeadlinePassed`, `AttemptSuperseded`.
 */
export function createFenceCommands(dependencies: ActivityDependencies): FenceCommands {
  return {
    removeEndpoint: commandActivity(dependencies, removeEndpoint),
    removeLostEndpoint: commandActivity(dependencies, removeLostEndpoint),
    takeBackupOffline: commandActivity(dependencies, takeBackupOffline),
    fenceByDevice: commandActivity(dependencies, fenceByDevice),
    stopApplication: commandActivity(dependencies, stopApplication),
    cancelPush: commandActivity(dependencies, cancelPush),
  };
}
