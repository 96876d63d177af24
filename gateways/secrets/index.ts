import { readFile as readFileFromDisk } from 'node:fs/promises';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { EpochMs } from '../../domain/time';
import type { CredentialJournal, InboundCredentialSource, SecretAge, SecretReference } from '../secret-ports';
import { createSecretsManagerClient, readAwsSecret, readPreviousAwsSecret } from './aws-secret';
import { readEnvSecret, readFileSecret } from './local-secret';
import { parseReference } from './reference';
import { RememberedSecret } from './remembered-secret';

export { parseUsernamePassword, type UsernamePassword } from '../../domain/username-password';
export { parseReference, type ParsedReference } from './reference';

export interface CredentialSourceOptions {
  clock: () => EpochMs;
  /** Region of Secrets Manager; AWS_REGION's when absent. */
  awsRegion?: string;
  /** Made with the default credential chain when it is first needed. */
  awsClient?: SecretsManagerClient;
  readFile?: (path: string) => Promise<string>;
  env?: NodeJS.ProcessEnv;
  /** Told what goes wrong behind the readers' backs; nobody when absent. */
  journal?: CredentialJournal;
}

/** Reading costs nothing before the soft age, and a fetch that failed is tried again soon. */
const keepFreshEveryMs = 60_000;

/** The secrets of one process. */
export interface Secrets extends InboundCredentialSource {
  /** Of every secret that is held; for a metric. */
  ages(): readonly SecretAge[];
  /**
   * Reads these secrets now and from then on every minute, so that they are at hand, and fresh, in an incident that
   * takes the secret store away too. Keeps no process alive. @returns a function that ends it.
   */
  keepFresh(references: readonly SecretReference[]): () => void;
}

/**
 * Resolves secret references for every process. Fails with `SecretUnavailable` or `SecretMalformed`,
 * whose messages name the reference and never hold any of the secret.
 *
 * Secrets Manager's are held: older than five minutes they are fetched anew behind the readers' backs, and what is held
 * is served on while Secrets Manager does not answer. Files and variables are read each time.
 *
 * For credentials that others present to us, `readPrevious` gives AWSPREVIOUS for ten minutes after a rotation: accept
 * either it or what `read` gives. To revoke a credential at once, rotate twice. Of files and variables there is none.
 */
export function createCredentialSource(options: CredentialSourceOptions): Secrets {
  const { clock, env = process.env, readFile = (path: string) => readFileFromDisk(path, 'utf8'), journal } = options;
  const remembered = new Map<SecretReference, RememberedSecret>();
  const reading = new Map<SecretReference, Promise<string>>();
  let made: Promise<SecretsManagerClient> | undefined = options.awsClient && Promise.resolve(options.awsClient);
  const client = () => (made ??= createSecretsManagerClient(options.awsRegion));

  function awsSecret(reference: SecretReference, secretId: string): RememberedSecret {
    let secret = remembered.get(reference);
    if (!secret) {
      secret = new RememberedSecret({
        fetch: async () => readAwsSecret(await client(), secretId),
        fetchPrevious: async () => readPreviousAwsSecret(await client(), secretId),
        clock,
        fetchFailed: (failure, servedSince) =>
          journal?.fetchFailed({ reference, failure, ...(servedSince !== undefined && { servedSince }) }),
        rotated: () => journal?.rotated({ reference }),
      });
      remembered.set(reference, secret);
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
        return awsSecret(reference, parsed.secretId)[remember]();
      case 'file':
        return readOnce(reference, parsed.path);
      case 'env':
        return readEnvSecret(parsed.name, env);
    }
  }

  return {
    read: (reference) => resolve(reference, 'read'),
    readAnew: (reference) => resolve(reference, 'readAnew'),
    readPrevious: async (reference) => remembered.get(reference)?.readPrevious(),
    ages: () =>
      [...remembered].flatMap(([reference, { fetchedAt }]) =>
        fetchedAt === undefined ? [] : { reference, fetchedAt },
      ),
    keepFresh(references) {
      const readAll = () => references.forEach((reference) => void resolve(reference, 'read').catch(() => undefined));
      readAll();
      const timer = setInterval(readAll, keepFreshEveryMs).unref();
      return () => clearInterval(timer);
    },
  };
}
