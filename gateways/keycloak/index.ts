import { OperatingFailure } from '../../domain/failure-types';
import type { ApplicationState } from '../../domain/observation';
import type { WorkloadGateway } from '../ports';
import { LbCheck, type LbCheckOptions } from './lb-check';
import { clearCaches } from './refresh';
import { KeycloakRest, type KeycloakRestOptions } from './rest';
import { readServerInfo } from './server-info';

export interface KeycloakWorkloadOptions {
  /** Stops and starts it, and tells its state where a command can. */
  commands: WorkloadGateway;
  lbCheck: LbCheckOptions;
  admin: KeycloakRestOptions;
}

export interface KeycloakWorkload extends Required<WorkloadGateway> {
  /** Leaves the commands alone: who made them ends them. */
  close(): Promise<void>;
}

/**
 * A site's Keycloak: stopped and started by commands, looked at by its own `/lb-check`, refreshed by its admin REST API.
 * Failure types: those of the commands; of the rest the Keycloak codes, `SecretUnavailable` and `SecretMalformed`.
 */
export function createKeycloakWorkload({ commands, lbCheck, admin }: KeycloakWorkloadOptions): KeycloakWorkload {
  const check = new LbCheck(lbCheck);
  const rest = new KeycloakRest(admin);

  return {
    /**
     * An answer of 200 is `running`, whatever a command says. Otherwise the status command decides where there is one: a 503 may
     * come from a router without a Keycloak behind it. Without one, `stopped` is proved by a refused connection and by nothing
     * else: no process listens at that address any more. It says nothing of requests that were accepted before: that the site
     * is quiet is seen by its stores standing still. Any other answer is `running`, 503 among them: a node that is not ready.
     */
    async readState(signal) {
      const answer = await check.ask(signal).catch((error: unknown) => ({ failed: error }));
      if (answer !== 'refused' && 'status' in answer && answer.status === 200) return 'running';
      const told = await toldByCommand(commands, signal);
      if (told) return told;
      if (answer === 'refused') return 'stopped';
      if ('failed' in answer) throw answer.failed;
      return 'running';
    },

    stop: (sending) => commands.stop(sending),
    start: (sending) => commands.start(sending),

    refresh: (sending) => clearCaches(rest, sending),

    readServerInfo: (signal) => readServerInfo(rest, admin.realm, { signal }),

    async close() {
      await Promise.all([check.close(), rest.close()]);
    },
  };
}

/** `undefined` where no command is configured for it. */
async function toldByCommand(commands: WorkloadGateway, signal: AbortSignal): Promise<ApplicationState | undefined> {
  try {
    return await commands.readState(signal);
  } catch (error) {
    if (error instanceof OperatingFailure && error.type === 'NotObserved') return undefined;
    throw error;
  }
}
