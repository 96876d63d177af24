import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { formAction, messageOf } from './login-page';
import type { Ending } from './outcome';
import type { Credentials, UsersRealm } from './realm';
import { Visit, type Answer, type Way } from './visit';

/** A browser follows more; what needs more than this goes in circles. */
const hopsAtMost = 5;

export interface Tokens {
  access: string;
  refresh: string;
}

/** How it ended, and the tokens that it gave. */
export interface Login {
  ending: Ending;
  tokens?: Tokens;
}

export interface Place {
  way: Way;
  realm: UsersRealm;
  signal: AbortSignal;
}

const tokensAnswer = z.object({ access_token: z.string(), refresh_token: z.string() });
const errorAnswer = z.object({ error: z.string(), error_description: z.string().optional() });

export function passwordLogin(place: Place, { username, password }: Credentials): Promise<Login> {
  return tokensFor(place, {
    grant_type: 'password',
    client_id: place.realm.clientId,
    username,
    password,
    scope: 'openid',
  });
}

export function refresh(place: Place, tokens: Tokens): Promise<Login> {
  return tokensFor(place, {
    grant_type: 'refresh_token',
    client_id: place.realm.clientId,
    refresh_token: tokens.refresh,
  });
}

/** Page, password and redirect in one visit; then the application, on a connection of its own, trades the code for tokens. */
export async function browserLogin(place: Place, user: Credentials): Promise<Login> {
  const { clientId, redirectUri } = place.realm;
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUri },
    ...{ scope: 'openid', state: randomUUID() },
  });
  const page = await visiting(place, async (visit) => {
    const first = await visit.get(`${oidc(place)}/auth?${query.toString()}`);
    const action = first.status === 200 ? formAction(first.text) : undefined;
    if (action === undefined) return { ending: pageEnding(first, 'a page without a login form') };
    const form = { username: user.username, password: user.password, credentialId: '' };
    return follow(visit, await visit.post(action, { form }), redirectUri);
  });
  if (page.code === undefined) return { ending: page.ending! };
  return tokensFor(place, {
    ...{ grant_type: 'authorization_code', client_id: clientId },
    ...{ code: page.code, redirect_uri: redirectUri },
  });
}

export async function userinfo(place: Place, { access }: Pick<Tokens, 'access'>): Promise<Ending> {
  return visiting(place, async (visit) => apiEnding(await visit.get(`${oidc(place)}/userinfo`, { token: access })));
}

export function logout(place: Place, { refresh: refreshToken }: Tokens): Promise<Ending> {
  return posting(place, '/logout', { refresh_token: refreshToken });
}

/** Takes back an access token; the session goes on. */
export function revoke(place: Place, { access }: Tokens): Promise<Ending> {
  return posting(place, '/revoke', { token: access, token_type_hint: 'access_token' });
}

/** Does something on a connection of its own. */
export async function visiting<T>({ way, signal }: Place, act: (visit: Visit) => Promise<T>): Promise<T> {
  const visit = new Visit(way, signal);
  try {
    return await act(visit);
  } finally {
    await visit.close();
  }
}

/** The ending that an answer of one of the REST endpoints is. */
export function apiEnding({ status, text }: Answer): Ending {
  const error = status < 400 ? undefined : errorAnswer.safeParse(parsed(text)).data;
  return { kind: 'answered', status, says: error && (error.error_description ?? error.error) };
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function tokensFor(place: Place, form: Record<string, string>): Promise<Login> {
  return visiting(place, async (visit) => {
    const answer = await visit.post(`${oidc(place)}/token`, { form });
    const given = tokensAnswer.safeParse(parsed(answer.text)).data;
    return {
      ending: apiEnding(answer),
      tokens: given && { access: given.access_token, refresh: given.refresh_token },
    };
  });
}

function posting(place: Place, path: string, form: Record<string, string>): Promise<Ending> {
  return visiting(place, async (visit) =>
    apiEnding(await visit.post(`${oidc(place)}${path}`, { form: { client_id: place.realm.clientId, ...form } })),
  );
}

/** Goes where the answers lead, until one leads back to the application. */
async function follow(visit: Visit, first: Answer, redirectUri: string): Promise<{ ending?: Ending; code?: string }> {
  let answer = first;
  for (let hops = 0; hops < hopsAtMost; hops++) {
    const { location } = answer;
    if (location === undefined) return { ending: pageEnding(answer, 'a page instead of the way back') };
    if (location.startsWith(redirectUri)) {
      const answered = new URL(location).searchParams;
      const code = answered.get('code') ?? undefined;
      const says = answered.get('error') ?? 'no code';
      return code === undefined ? { ending: { kind: 'answered', status: answer.status, says } } : { code };
    }
    answer = await visit.get(location);
  }
  return { ending: { kind: 'answered', status: answer.status, says: 'too many redirects' } };
}

function pageEnding({ status, text }: Answer, otherwise: string): Ending {
  return { kind: 'answered', status, says: messageOf(text) ?? (status < 400 ? otherwise : undefined) };
}

function oidc({ realm }: Place): string {
  return `/realms/${encodeURIComponent(realm.realm)}/protocol/openid-connect`;
}
