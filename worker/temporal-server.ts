import type { NativeConnection } from '@temporalio/worker';
import { OperatingFailure } from '../domain/failure-types';
import type { TemporalServerGateway } from '../gateways/ports';
import { alertPathWorkflowId } from '../workflows/contract/ids';

/** gRPC NOT_FOUND: it never was, or is over for longer than the retention. */
const grpcNotFound = 5;

/** What Temporal tells of itself, asked of the server and not of its visibility store, which may lag or be down. */
export function temporalServer(connection: NativeConnection, namespace: string): TemporalServerGateway {
  return {
    async readAlertPath(pair, reporter, signal) {
      const execution = { workflowId: alertPathWorkflowId(pair, reporter) };
      try {
        const { workflowExecutionInfo: info } = await connection.withAbortSignal(signal, () =>
          connection.workflowService.describeWorkflowExecution({ namespace, execution }),
        );
        const { seconds, nanos } = info?.startTime ?? {};
        if (!seconds) throw new Error('the answer has no start');
        return seconds.toNumber() * 1_000 + Math.floor((nanos ?? 0) / 1e6);
      } catch (error) {
        if ((error as { code?: number }).code === grpcNotFound) return 'never';
        throw unreachable(`when the alert path of ${reporter} was heard`, error);
      }
    },

    async readRetentionSeconds(signal) {
      try {
        const { config } = await connection.withAbortSignal(signal, () =>
          connection.workflowService.describeNamespace({ namespace }),
        );
        const { seconds } = config?.workflowExecutionRetentionTtl ?? {};
        if (!seconds) throw new Error('the answer has no retention');
        return seconds.toNumber();
      } catch (error) {
        throw unreachable(`for how long the namespace ${namespace} keeps what is over`, error);
      }
    },
  };
}

function unreachable(what: string, cause: unknown): OperatingFailure {
  const message = `Temporal did not tell ${what}: ${cause instanceof Error ? cause.message : String(cause)}.`;
  return new OperatingFailure('TemporalUnreachable', message, { retryable: true, cause });
}
