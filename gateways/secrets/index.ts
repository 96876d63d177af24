import { readFile as readFileFromDisk } from 'node:fs/promises';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { CredentialSource, SecretReference } from '../ports';
import { createSecretsManagerClient, readAwsSecret } from './aws-secret';
import { readEnvSecret, readFileSecret } from './local-secret';
import { parseReference } from './reference';
import { RememberedSecret } from './remembered-secret';

export { parseUsernamePassword, type UsernamePassword } from '../../domain/username-password';
export { parseReference, type ParsedReference } from './reference';

export interface CredentialSourceOptions {
  clock: () => number;
  /** Region of Secrets Manager; AWS_REGION's when absent. */
  awsRegion?: string;
  /** Made with the default credential chain when it is first needed. */
  awsClient?: SecretsManagerClient;
  readFile?: (path: string) => Promise<string>;
  env?: NodeJS.ProcessEnv;
}

/**
 * Resolves secret references for every process. Fails with `SecretUnavailable` or `SecretMalformed`,
 * whose messages name the reference and never hold any of the secret.
 * Secrets Manager's are remembered for five minutes; files and variables are read each time.
 */
export function createCredentialSource(options: CredentialSourceOptions): CredentialSource {
  const { clock, env = process.env, readFile = (path: string) => readFileFromDisk(path, 'utf8') } = options;
  const remembered = new Map<string, RememberedSecret>();
  const reading = new Map<SecretReference, Promise<string>>();
  let client: Promise<SecretsManagerClient> | undefined = options.awsClient && Promise.resolve(options.awsClient);

  function awsSecret(secretId: string): RememberedSecret {
    let secret = remembered.get(secretId);
    if (!secret) {
      const fetch = async () =>
        readAwsSecret(await (client ??= createSecretsManagerClient(options.awsRegion)), secretId);
      remembered.set(secretId, (secret = new RememberedSecret({ fetch, clock })));
    }
    return secret;
  }

  function readOnce(reference: SecretReference, path: string): Promise<string> {
    let read = reading.get(reference);
    if (!read) {
      read = readFileSecret(path, readFile).finally(() => reading.delete(reference));
      reading.set(reference, read);
    }
    return read;
  }

  async function resolve(reference: SecretReference, remember: 'read' | 'readAnew'): Promise<string> {
    const parsed = parseReference(reference);
    switch (parsed.kind) {
      case 'aws':
        return awsSecret(parsed.secretId)[remember]();
      case 'file':
        return readOnce(reference, parsed.path);
      case 'env':
        return readEnvSecret(parsed.name, env);
    }
  }

  return {
    read: (reference) => resolve(reference, 'read'),
    readAnew: (reference) => resolve(reference, 'readAnew'),
  };
}
