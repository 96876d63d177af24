import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a container finds the secrets that docker-compose.yml gives it. */
export const secretsFolder = '/run/secrets';

/** The text of a secret, as deploy/compose/make-secrets.sh wrote it. */
export function secret(name: string): string {
  return readFileSync(join(secretsFolder, name), 'utf8').trim();
}
