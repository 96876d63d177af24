import { OperatingFailure } from './failure-types';

export interface UsernamePassword {
  username: string;
  password: string;
}

/**
 * Reads a secret's text as JSON with a username and a password.
 * Fails with `SecretMalformed`, and never repeats any of the text: JSON.parse's own message quotes it, so it is dropped.
 */
export function parseUsernamePassword(text: string): UsernamePassword {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw malformed('it is not JSON');
  }
  const { username, password } = (parsed ?? {}) as Partial<Record<keyof UsernamePassword, unknown>>;
  if (typeof username !== 'string' || username === '') throw malformed('it has no "username"');
  if (typeof password !== 'string' || password === '') throw malformed('it has no "password"');
  // RFC 7617: the first colon ends the username.
  if (username.includes(':')) throw malformed('its "username" has a colon, which BASIC authentication cannot carry');
  return { username, password };
}

function malformed(what: string): OperatingFailure {
  return new OperatingFailure('SecretMalformed', `The secret is not JSON with username and password: ${what}.`, {
    retryable: false,
  });
}
