import type { IncomingMessage } from 'node:http';
import type { LabAws } from '../aws';
import type { LoginKind } from '../clients';
import { labSites } from '../sites';
import { oidcPath, passwordForm } from './oidc';
import type { LabRealm } from './realm';

/** A password costs a server a tenth of a second of computing: fewer clients, and longer pauses, leave room for the rest. */
export const calmLogins = { clients: 4, pauseMs: 750 };

/**
 * Logins by name and password at the lab's Keycloaks. Every client is a user of its own: behind one user's logins at the same
 * time Keycloak suspects an attack. An answer does not name its site: the way it took does.
 */
export function keycloakLogins({ realm, aws }: { realm: LabRealm; aws: LabAws }): LoginKind {
  const siteOf = ({ socket }: IncomingMessage) => {
    const endpoint = aws.standIn.endpointOf(socket.localPort ?? 0);
    return labSites.find((site) => aws.loadBalancers[site] === endpoint);
  };
  const requestOf = (client: number) => {
    const user = realm.users[client - 1] ?? notSoMany(realm);
    const body = new URLSearchParams({ client_id: realm.clientId, ...passwordForm(user) }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { path: oidcPath(realm.realm, 'token'), headers, body };
  };
  return { siteOf, requestOf };
}

function notSoMany({ users }: LabRealm): never {
  throw new Error(`the realm has ${users.length} users, and every client needs one of its own`);
}
