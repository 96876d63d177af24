import { z } from 'zod';
import type { Credentials } from '../secrets';
import { visiting, type Answer, type Destination } from './visit';

/** A client of a realm, by which users log in. */
export interface LoginClient {
  realm: string;
  clientId: string;
}

/** Where a user comes to a realm: at one site, or at whichever the accelerator leads to. */
export interface Place extends Destination {
  client: LoginClient;
}

/** What Keycloak answered. */
export interface Answered {
  kind: 'answered';
  status: number;
  /** What the answer tells a person is wrong, if anything. */
  says?: string;
}

export interface Tokens {
  access: string;
  refresh: string;
  /** Of the access token, from when it was given. */
  expiresInSeconds: number;
}

export interface Login extends Answered {
  tokens?: Tokens;
}

const tokensAnswer = z.object({ access_token: z.string(), refresh_token: z.string(), expires_in: z.number() });
const userinfoAnswer = z.object({ preferred_username: z.string() });
const errorAnswer = z.object({ error: z.string(), error_description: z.string().optional() });

export function passwordLogin(place: Place, user: Credentials): Promise<Login> {
  return tokensFor(place, passwordForm(user));
}

/** Trades a refresh token for new tokens, at the site that gave it or the other. */
export function refresh(place: Place, tokens: Pick<Tokens, 'refresh'>): Promise<Login> {
  return tokensFor(place, { grant_type: 'refresh_token', refresh_token: tokens.refresh });
}

/** Whom Keycloak knows behind an access token: status 200 while it is good, 401 when not. */
export async function userinfo(
  place: Place,
  { access }: Pick<Tokens, 'access'>,
): Promise<Answered & { username?: string }> {
  const path = oidcPath(place.client.realm, 'userinfo');
  const answer = await visiting(place, (visit) => visit.ask('GET', path, { token: access }));
  return { ...answered(answer), username: userinfoAnswer.safeParse(answer.json).data?.preferred_username };
}

export async function logout(place: Place, tokens: Pick<Tokens, 'refresh'>): Promise<Answered> {
  return answered(await post(place, 'logout', { refresh_token: tokens.refresh }));
}

/** Takes back an access token; the session goes on. */
export async function revoke(place: Place, { access }: Pick<Tokens, 'access'>): Promise<Answered> {
  return answered(await post(place, 'revoke', { token: access, token_type_hint: 'access_token' }));
}

/** What a grant of the token endpoint gives; the client's id is added. */
export async function tokensFor(place: Place, grant: Record<string, string>): Promise<Login> {
  const answer = await post(place, 'token', grant);
  const given = tokensAnswer.safeParse(answer.json).data;
  const tokens = given && {
    ...{ access: given.access_token, refresh: given.refresh_token },
    expiresInSeconds: given.expires_in,
  };
  return { ...answered(answer), tokens };
}

/** The grant of a login by name and password. */
export function passwordForm({ username, password }: Credentials): Record<string, string> {
  // Without this scope userinfo refuses the token.
  return { grant_type: 'password', username, password, scope: 'openid' };
}

export function oidcPath(realm: string, endpoint: 'auth' | 'token' | 'userinfo' | 'logout' | 'revoke'): string {
  return `/realms/${encodeURIComponent(realm)}/protocol/openid-connect/${endpoint}`;
}

/** What one of the REST endpoints answered. */
export function answered({ status, json }: Answer): Answered {
  const error = status < 400 ? undefined : errorAnswer.safeParse(json).data;
  return { kind: 'answered', status, says: error && (error.error_description ?? error.error) };
}

function post(place: Place, endpoint: 'token' | 'logout' | 'revoke', form: Record<string, string>): Promise<Answer> {
  const { realm, clientId } = place.client;
  const path = oidcPath(realm, endpoint);
  return visiting(place, (visit) => visit.ask('POST', path, { form: { client_id: clientId, ...form } }));
}
