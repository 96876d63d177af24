import type { ActivityDependencies } from './dependencies';
import { commandActivity } from './run-command';
import type { Activities } from './types';

/** The commands that send clients to a site again; only workers of the restore queue register them. */
export function createRestoreCommands(dependencies: ActivityDependencies): Pick<Activities, 'addEndpoint'> {
  return {
    /**
     * Adds one endpoint to one group with the settings given. Safe to repeat: present already is success.
     * Failure codes: the Traffic codes, `DeadlinePassed`, `AttemptSuperseded`.
     */
    addEndpoint: commandActivity<'addEndpoint'>(dependencies, async ({ gateways }, command, attempt) => {
      const { groupArn, site, settings } = command;
      await gateways.traffic.addEndpoint({ groupArn, site, settings }, await attempt.sending());
      return `AddEndpoints accepted for ${site}, weight ${settings.weight}`;
    }),
  };
}
