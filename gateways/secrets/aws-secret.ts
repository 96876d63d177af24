import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { z } from 'zod';
import { OperatingFailure } from '../../domain/failure-types';

const answer = z.object({ SecretString: z.string().optional() });

/** The SDK is loaded with the first `aws:` reference only: most processes have none. */
export async function createSecretsManagerClient(region?: string): Promise<SecretsManagerClient> {
  const sdk = await import('@aws-sdk/client-secrets-manager');
  return new sdk.SecretsManagerClient({
    region,
    maxAttempts: 2,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 1_000,
      requestTimeout: 1_500,
      // `requestTimeout` alone only logs a warning (SDK, NodeHttpHandlerOptions).
      throwOnRequestTimeout: true,
    }),
  });
}

/** Reads the current version (stage AWSCURRENT is the default: API reference, GetSecretValue). */
export async function readAwsSecret(client: SecretsManagerClient, secretId: string): Promise<string> {
  const { GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  let raw: unknown;
  try {
    raw = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
  } catch (error) {
    const { name = 'Error', message, $fault, $metadata } = error as AwsError;
    const refused = $fault === 'client' || ($metadata?.httpStatusCode ?? 0) >= 400;
    const retryable = !refused || /Throttling|TooManyRequests|InternalServiceError/.test(name);
    // The SDK's own message, the only one repeated; those of AWS about a wrong signature hold the signed headers.
    const reason = message === 'Region is missing' ? 'AWS_REGION is not set' : name;
    throw new OperatingFailure('SecretUnavailable', `Secrets Manager did not give ${secretId} (${reason}).`, {
      retryable,
    });
  }
  const parsed = answer.safeParse(raw);
  if (parsed.success && parsed.data.SecretString) return parsed.data.SecretString;
  throw new OperatingFailure('SecretMalformed', `The secret ${secretId} holds no text.`, { retryable: false });
}

interface AwsError {
  name?: string;
  message?: string;
  $fault?: 'client' | 'server';
  $metadata?: { httpStatusCode?: number };
}
