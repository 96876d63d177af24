import { OperatingFailure } from '../../domain/failure-types';

/** Reads a mounted file each time: a rotated Kubernetes secret is seen at once. One line end is cut off. */
export async function readFileSecret(path: string, readFile: (path: string) => Promise<string>): Promise<string> {
  let text: string;
  try {
    text = await readFile(path);
  } catch (error) {
    const { code = 'unknown error' } = error as { code?: string };
    throw new OperatingFailure('SecretUnavailable', `The secret's file ${path} cannot be read (${code}).`, {
      retryable: true,
    });
  }
  return filled(text.replace(/\r?\n$/, ''), `The secret's file ${path} is empty.`);
}

export function readEnvSecret(name: string, env: NodeJS.ProcessEnv): string {
  const text = env[name];
  if (text === undefined) {
    const message = `The environment variable ${name}, which should hold a secret, is not set.`;
    throw new OperatingFailure('SecretUnavailable', message, { retryable: false });
  }
  return filled(text, `The environment variable ${name}, which should hold a secret, is empty.`);
}

function filled(text: string, otherwise: string): string {
  if (text === '') throw new OperatingFailure('SecretMalformed', otherwise, { retryable: false });
  return text;
}
