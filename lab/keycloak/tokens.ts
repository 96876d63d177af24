import { request } from 'undici';

const defaultTimeoutMs = 20_000;

/** A client of a realm, by which users log in. */
export interface LoginClient {
  realm: string;
  clientId: string;
}

export interface Tokens {
  accessToken: string;
  refreshToken: string;
}

/** What Keycloak answers to somebody who wants tokens. */
export interface TokenAnswer {
  status: number;
  /** Only with status 200. */
  tokens?: Tokens;
  /** `invalid_grant: Invalid user credentials`. */
  error?: string;
}

/** Where a realm gives tokens. */
export function tokenPath(realm: string): string {
  return `/realms/${realm}/protocol/openid-connect/token`;
}

/**
 * Logs a user in by name and password.
 * @param url where Keycloak is asked: a site's own, or the accelerator's.
 * @throws when nothing answers.
 */
export function passwordGrant(
  url: string,
  { user, ...client }: LoginClient & { user: { username: string; password: string } },
): Promise<TokenAnswer> {
  const { username, password } = user;
  return askForTokens(url, client, { grant_type: 'password', username, password });
}

/** Trades a refresh token for new tokens, at this site or the other. @throws when nothing answers. */
export function refreshGrant(
  url: string,
  { refreshToken, ...client }: LoginClient & { refreshToken: string },
): Promise<TokenAnswer> {
  return askForTokens(url, client, { grant_type: 'refresh_token', refresh_token: refreshToken });
}

/** Whom Keycloak knows behind an access token: 200 while it is good, 401 when not. @throws when nothing answers. */
export async function userinfo(
  url: string,
  { realm, accessToken }: { realm: string; accessToken: string },
): Promise<{ status: number; username?: string }> {
  const { statusCode, body } = await request(`${url}/realms/${realm}/protocol/openid-connect/userinfo`, {
    headers: { authorization: `Bearer ${accessToken}` },
    signal: AbortSignal.timeout(defaultTimeoutMs),
  });
  if (statusCode !== 200) {
    await body.dump();
    return { status: statusCode };
  }
  return { status: statusCode, username: ((await body.json()) as { preferred_username: string }).preferred_username };
}

async function askForTokens(
  url: string,
  { realm, clientId }: LoginClient,
  form: Record<string, string>,
): Promise<TokenAnswer> {
  const { statusCode, body } = await request(`${url}${tokenPath(realm)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    // openid: without this scope userinfo refuses the token.
    body: new URLSearchParams({ client_id: clientId, scope: 'openid', ...form }).toString(),
    signal: AbortSignal.timeout(defaultTimeoutMs),
  });
  const text = await body.text();
  if (statusCode !== 200) return { status: statusCode, error: whatWasSaid(text) };
  const { access_token: accessToken, refresh_token: refreshToken } = JSON.parse(text) as Record<string, string>;
  return { status: statusCode, tokens: { accessToken: accessToken!, refreshToken: refreshToken! } };
}

/** Keycloak's own JSON where it is that; else the text as it is. */
function whatWasSaid(text: string): string {
  try {
    const { error, error_description: description } = JSON.parse(text) as Record<string, string>;
    return [error, description].filter(Boolean).join(': ');
  } catch {
    return text;
  }
}
