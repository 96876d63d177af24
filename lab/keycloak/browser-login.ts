import { randomUUID } from 'node:crypto';
import type { Credentials } from '../secrets';
import { formAction, messageOf } from './login-page';
import { oidcPath, tokensFor, type Answered, type Login, type Place } from './oidc';
import { visiting, type Answer, type Visit } from './visit';

/** A browser follows more; what needs more than this goes in circles. */
const hopsAtMost = 5;

/**
 * Page, password and redirect in one visit; then the application, on a connection of its own, trades the code for tokens.
 * @param redirectUri of the application: where the login ends.
 */
export async function browserLogin(place: Place, user: Credentials, redirectUri: string): Promise<Login> {
  const page = await visiting(place, (visit) => codeFor(visit, { place, user, redirectUri }));
  if (typeof page !== 'string') return page;
  return tokensFor(place, { grant_type: 'authorization_code', code: page, redirect_uri: redirectUri });
}

/** @returns the code with which Keycloak sends the browser back, or what the user reads instead. */
async function codeFor(
  visit: Visit,
  { place, user, redirectUri }: { place: Place; user: Credentials; redirectUri: string },
): Promise<string | Answered> {
  const { realm, clientId } = place.client;
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUri },
    ...{ scope: 'openid', state: randomUUID() },
  });
  const first = await visit.ask('GET', `${oidcPath(realm, 'auth')}?${query.toString()}`);
  const action = first.status === 200 ? formAction(first.text) : undefined;
  if (action === undefined) return read(first, 'a page without a login form');
  const form = { username: user.username, password: user.password, credentialId: '' };
  return follow(visit, await visit.ask('POST', action, { form }), redirectUri);
}

/** Goes where the answers lead, until one leads back to the application. */
async function follow(visit: Visit, first: Answer, redirectUri: string): Promise<string | Answered> {
  let answer = first;
  for (let hops = 0; hops < hopsAtMost; hops++) {
    const { location, status } = answer;
    if (location === undefined) return read(answer, 'a page instead of the way back');
    if (location.startsWith(redirectUri)) {
      const sent = new URL(location).searchParams;
      return sent.get('code') ?? { kind: 'answered', status, says: sent.get('error') ?? 'no code' };
    }
    answer = await visit.ask('GET', location);
  }
  return { kind: 'answered', status: answer.status, says: 'too many redirects' };
}

function read({ status, text }: Answer, otherwise: string): Answered {
  return { kind: 'answered', status, says: messageOf(text) ?? (status < 400 ? otherwise : undefined) };
}
