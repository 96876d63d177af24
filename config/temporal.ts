import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import type { FileConfig } from './schema';

/** As the shell gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything needed to connect. Holds the API key and certificates: never print it. */
export interface TemporalConnect {
  address: string;
  namespace: string;
  /** For `Connection` and `NativeConnection` alike. */
  connectionOptions: ClientConnectConfig['connectionOptions'] & { address: string };
}

/**
 * Where and how to reach Temporal: Temporal's own profile and TEMPORAL_* variables, the same as for its CLI, and over them
 * what sitewarden.yaml names. The file wins, so that a variable left in somebody's shell cannot move an installation.
 * @throws Error when the profile does not exist or a file that it names cannot be read.
 */
export function temporalConnect(
  section: Pick<FileConfig['temporal'], 'profile' | 'address' | 'namespace'>,
  env: Environment,
): TemporalConnect {
  const variables = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => !!entry[1]));
  const loaded = loadClientConnectConfig({ profile: section.profile, overrideEnvVars: variables });
  const address = section.address ?? loaded.connectionOptions.address ?? 'localhost:7233';
  const namespace = section.namespace ?? loaded.namespace ?? 'default';
  return { address, namespace, connectionOptions: { ...loaded.connectionOptions, address } };
}
