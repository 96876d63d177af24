import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { OperatingFailure } from '../../domain/failure-types';
import { connectionCode, requestHandler, timeIsUp, type SdkError } from '../aws-sdk';
import { endedBy } from '../ended-by';
import type { SecretVersion } from './remembered-secret';
import { timeUp } from '../../runtime/time-up';

const answer = z.object({
  SecretString: z.string().min(1),
  VersionId: z.string().optional(),
  CreatedDate: z.date().optional(),
});

/** Two attempts of the client and its way to credentials of its own; without an end, a hanging one would end all later. */
const fetchWithinMs = 6_000;

/** The SDK is loaded with the first `aws:` reference only: most processes have none. */
export async function createSecretsManagerClient(region?: string): Promise<SecretsManagerClient> {
  const sdk = await import('@aws-sdk/client-secrets-manager');
  return new sdk.SecretsManagerClient({
    region,
    maxAttempts: 2,
    requestHandler: requestHandler({ requestTimeout: 1_500 }),
  });
}

/** Reads the version that is in force (stage AWSCURRENT is the default: API reference, GetSecretValue). */
export async function readAwsSecret(client: SecretsManagerClient, secretId: string): Promise<SecretVersion> {
  try {
    return toVersion(secretId, await getSecretValue(client, secretId, 'AWSCURRENT'));
  } catch (error) {
    throw toFailure(secretId, error);
  }
}

/** Reads the version that was in force before (stage AWSPREVIOUS); a secret that was never rotated has none. */
export async function readPreviousAwsSecret(
  client: SecretsManagerClient,
  secretId: string,
): Promise<SecretVersion | undefined> {
  try {
    return toVersion(secretId, await getSecretValue(client, secretId, 'AWSPREVIOUS'));
  } catch (error) {
    if ((error as SdkError).name === 'ResourceNotFoundException') return undefined;
    throw toFailure(secretId, error);
  }
}

async function getSecretValue(client: SecretsManagerClient, SecretId: string, VersionStage: string): Promise<unknown> {
  const { GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  const abortSignal = timeUp(fetchWithinMs);
  const command = new GetSecretValueCommand({ SecretId, VersionStage });
  return endedBy(abortSignal, timeIsUp, () => client.send(command, { abortSignal }));
}

function toVersion(secretId: string, raw: unknown): SecretVersion {
  const parsed = answer.safeParse(raw);
  if (!parsed.success) {
    throw new OperatingFailure('SecretMalformed', `The secret ${secretId} holds no text.`, { retryable: false });
  }
  const { SecretString: text, VersionId: id = text, CreatedDate } = parsed.data;
  return { text, id, ...(CreatedDate && { createdAt: CreatedDate.getTime() }) };
}

function toFailure(secretId: string, error: unknown): OperatingFailure {
  if (error instanceof OperatingFailure) return error;
  const sdkError = error as SdkError;
  const { name = 'Error', message, $fault, $metadata } = sdkError;
  const status = $metadata?.httpStatusCode ?? 0;
  const refused = $fault === 'client' || (status >= 400 && status < 500);
  const retryable = !refused || /Throttling|TooManyRequests/.test(name);
  // The SDK's own message, the only one repeated; those of AWS about a wrong signature hold the signed headers.
  const said = status === 0 ? connectionCode(sdkError) : name;
  const reason = message === 'Region is missing' ? 'AWS_REGION is not set' : said;
  return new OperatingFailure('SecretUnavailable', `Secrets Manager did not give ${secretId} (${reason}).`, {
    retryable,
  });
}
