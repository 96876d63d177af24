import { OperatingFailure, type FailureType } from '../../domain/failure-types';
import type { ServerInfo } from '../../domain/readiness/facts';
import type { Sending, WorkloadGateway } from '../../gateways/ports';
import { FakeWorkload } from './fake-workload';

/** A site's Keycloak, without any. */
export class FakeKeycloak extends FakeWorkload implements Required<WorkloadGateway> {
  /** Those that the service account may manage. */
  readonly realms = new Set(['master', 'shop']);
  info: ServerInfo = { version: '26.7.3', issuer: 'https://login.example/realms/master' };
  /** Why the service account is refused; absent while it is not. */
  refuses?: Extract<FailureType, 'KeycloakUnauthorized' | 'KeycloakDenied'>;
  /** The other site changed something in the database, and this one was not told. */
  isStale = false;
  /** Ids of the commands that took effect, in their order. */
  readonly refreshes: string[] = [];

  async refresh({ commandId, signal }: Sending): Promise<string> {
    this.reach(signal);
    this.isStale = false;
    this.refreshes.push(commandId);
    return `${this.realms.size} realms: realm and user caches cleared (${[...this.realms].join(', ')})`;
  }

  async readServerInfo(signal: AbortSignal): Promise<ServerInfo> {
    this.reach(signal);
    return this.info;
  }

  private reach(signal: AbortSignal): void {
    if (signal.aborted || !this.running) throw failure('KeycloakUnreachable');
    if (this.refuses) throw failure(this.refuses);
  }
}

function failure(type: FailureType): OperatingFailure {
  return new OperatingFailure(type, 'as the test asked', { retryable: type === 'KeycloakUnreachable' });
}
