import { readFileSync } from 'node:fs';
import type { Environment, SitewardenConfig } from '../../config';
import { createCredentialSource } from '../../gateways/secrets';
import { usage } from '../cli/trouble';
import type { PairRuns } from '../pair-runs';
import { pairRunsThroughApi } from './pair-runs';

export { pairRunsThroughApi } from './pair-runs';
export type { ApiConnectionOptions } from './connection';

/**
 * The API that section `apiClient` names, with the token from its reference.
 * @throws Trouble when there is no such section, or its CA cannot be read; a token that cannot be read fails the calls.
 */
export function openApi(
  { apiClient, aws }: Pick<SitewardenConfig, 'apiClient' | 'aws'>,
  env: Environment,
): PairRuns & { close(): Promise<void> } {
  if (!apiClient) throw usage('The configuration has no section "apiClient".', 'sitewarden.example.yaml shows one.');
  const { url, ca, token } = apiClient;
  const source = createCredentialSource({ clock: Date.now, env, awsRegion: aws.region });
  return pairRunsThroughApi({
    url,
    ca: ca === undefined ? undefined : pemIn(ca.slice('file:'.length)),
    token: async () => tokenIn(await source.read(token.secret).catch(unreadable), token.secret),
  });
}

function tokenIn(text: string, reference: string): string {
  const token = text.trim();
  if (/^\S+$/.test(token)) return token;
  throw usage(
    `The secret ${reference} is not one token.`,
    'Let apiClient.token name a secret that holds the token alone.',
  );
}

function unreadable(error: unknown): never {
  throw usage((error as Error).message, 'Look at apiClient.token in sitewarden.yaml.');
}

function pemIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw usage(`The file ${file} cannot be read (${code}).`, 'Look at apiClient.ca in sitewarden.yaml.');
  }
}
