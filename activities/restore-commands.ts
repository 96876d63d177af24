import { compareSites } from './compare/compare-sites';
import type { ActivityDependencies } from './dependencies';
import {
  addEndpoint,
  bringBackupOnline,
  refreshApplication,
  startApplication,
  unfenceByDevice,
} from './effects-restore';
import { emptySite, startPush } from './effects-synchronize';
import { commandActivity } from './run-command';
import type { Activities } from './types';

type RestoreCommands = Pick<
  Activities,
  | 'addEndpoint'
  | 'emptySite'
  | 'startPush'
  | 'bringBackupOnline'
  | 'unfenceByDevice'
  | 'startApplication'
  | 'refreshApplication'
  | 'compareSites'
>;

/**
 * The commands that lead to two serving sites again; only workers of the restore queue register those that change something.
 * Safe to repeat. Failure codes: those of the effects, `DeadlinePassed`, `AttemptSuperseded`.
 */
export function createRestoreCommands(dependencies: ActivityDependencies): RestoreCommands {
  return {
    addEndpoint: commandActivity(dependencies, addEndpoint),
    emptySite: commandActivity(dependencies, emptySite),
    startPush: commandActivity(dependencies, startPush),
    bringBackupOnline: commandActivity(dependencies, bringBackupOnline),
    unfenceByDevice: commandActivity(dependencies, unfenceByDevice),
    startApplication: commandActivity(dependencies, startApplication),
    refreshApplication: commandActivity(dependencies, refreshApplication),
    compareSites: commandActivity(dependencies, compareSites),
  };
}
