import { OperatingFailure } from '../../domain/failure-types';
import type { WorkloadGateway } from '../ports';
import { LbCheck, type LbCheckOptions } from './lb-check';
import { clearCaches } from './refresh';
import { KeycloakRest, type KeycloakRestOptions } from './rest';
import { readServerInfo } from './server-info';

export interface KeycloakWorkloadOptions {
  /** Stops and starts it, and tells its state where its own check does not. */
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
     * An answer of 200 is `running`, whatever the command says. Otherwise the status command decides: a refused connection may come
     * from a Keycloak that starts or ends (measured), or from a router without one that is ready; so may a 503.
     */
    async readState(signal) {
      return (await isReady(check, signal)) ? 'running' : commands.readState(signal);
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

async function isReady(check: LbCheck, signal: AbortSignal): Promise<boolean> {
  try {
    return (await check.status(signal)) === 200;
  } catch (error) {
    if (error instanceof OperatingFailure && error.type === 'KeycloakUnreachable') return false;
    throw error;
  }
}
