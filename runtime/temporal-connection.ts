import { Client, Connection, type ConnectionLike, type ConnectionOptions } from '@temporalio/client';
import { inTime } from './in-time';

/** One connection of a process to Temporal, and what is commonly asked of it. */
export interface TemporalLink {
  connection: Connection;
  client: Client;
  /** Whether the server answers within `withinMs`. Never fails. */
  answers(withinMs: number): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Prepares a connection without opening it, so that a process boots while Temporal is down; the first call opens it.
 * Calls made while it is down fail as unavailable: bound them with `connection.withDeadline`.
 * The options hold the API key and certificates; they are not logged.
 */
export function lazyTemporal(options: {
  connectionOptions: ConnectionOptions;
  namespace: string;
  /** Shown by Temporal beside everything this process did, as in `sitewarden-webhook@host`. */
  identity: string;
}): TemporalLink {
  const connection = Connection.lazy({
    ...options.connectionOptions,
    // gRPC would wait up to 2 minutes between two attempts to connect; an alert must not wait for that.
    channelArgs: {
      'grpc.initial_reconnect_backoff_ms': 200,
      'grpc.max_reconnect_backoff_ms': 2_000,
      ...options.connectionOptions.channelArgs,
    },
  });
  const { namespace, identity } = options;
  return {
    connection,
    client: new Client({ connection, namespace, identity }),
    answers: (withinMs) => temporalAnswers(connection, withinMs),
    close: () => connection.close(),
  };
}

/** Whether the server answers within `withinMs`. Never fails. */
export async function temporalAnswers(connection: ConnectionLike, withinMs: number): Promise<boolean> {
  const asked = connection
    .withDeadline(Date.now() + withinMs, () => connection.workflowService.getSystemInfo({}))
    .then(() => true)
    .catch(() => false);
  // The deadline ends one attempt; the pause before the client's own next attempt may outlast it.
  return inTime(asked, withinMs, false);
}
