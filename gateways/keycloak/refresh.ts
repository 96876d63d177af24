import { oneLine } from '../../domain/one-line';
import * as answers from './answers';
import { keycloakFailure } from './failures';
import { segment, type Errand, type KeycloakRest, type KeycloakSession } from './rest';

const caches = ['clear-realm-cache', 'clear-user-cache'];

/**
 * Clears the realm and the user cache of every realm, one after the other. Keycloak tells its other nodes of the site itself.
 * A realm that was deleted meanwhile has nothing left to clear.
 * @returns a line with the number of the realms and their names.
 */
export async function clearCaches(rest: KeycloakRest, errand: Errand): Promise<string> {
  const session = await rest.session(errand);
  const realms = await listRealms(session);
  if (realms.length === 0) {
    const message = `${rest.describe('GET /admin/realms')}: the service account sees no realm, so nothing was cleared.`;
    throw keycloakFailure('KeycloakDenied', message, { retryable: false });
  }
  const absent: string[] = [];
  for (const realm of realms) {
    for (const cache of caches) {
      const status = await session.tell(`/admin/realms/${segment(realm)}/${cache}`);
      if (status === 404 && !absent.includes(realm)) absent.push(realm);
    }
  }
  await requireDeleted(rest, session, absent);
  if (absent.length === realms.length) {
    const message = `${rest.describe('POST /admin/realms/...')}: answered 404 for every realm, so nothing was cleared.`;
    throw keycloakFailure('KeycloakFailed', message, { retryable: true });
  }
  return told(realms.filter((realm) => !absent.includes(realm)));
}

async function listRealms(session: KeycloakSession): Promise<string[]> {
  const listed = await session.get('/admin/realms?briefRepresentation=true', answers.realms);
  return listed.map(({ realm }) => realm);
}

/** Somebody else may answer 404 as well. */
async function requireDeleted(rest: KeycloakRest, session: KeycloakSession, absent: readonly string[]): Promise<void> {
  if (absent.length === 0) return;
  const listed = await listRealms(session);
  const left = absent.find((realm) => listed.includes(realm));
  if (left === undefined) return;
  const message = `${rest.describe(`the realm ${oneLine(left, 80)}`)}: answered 404 though it is listed; its caches were not cleared.`;
  throw keycloakFailure('KeycloakFailed', message, { retryable: true });
}

function told(realms: readonly string[]): string {
  const counted = realms.length === 1 ? '1 realm' : `${realms.length} realms`;
  return `${counted}: realm and user caches cleared (${oneLine(realms.join(', '), 300)})`;
}
