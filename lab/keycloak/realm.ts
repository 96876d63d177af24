import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Credentials } from '../secrets';
import type { KeycloakAdminRest } from './admin-rest';
import type { LoginClient } from './oidc';

const usersUnlessTold = 20;
/** Wrong passwords of one user until Keycloak refuses also the right one for a while. */
const failureFactor = 5;

/** What users log in to: a realm with a client for browsers and for password logins. */
export interface LabRealm extends LoginClient {
  /** Where a browser login ends. */
  redirectUri: string;
  /** Their passwords are random, made anew for every run. */
  users: readonly Credentials[];
}

/** What is to be in the realm; nothing asks Keycloak yet. @param publicUrl under which users know Keycloak. */
export function planRealm({ publicUrl, users = usersUnlessTold }: { publicUrl: string; users?: number }): LabRealm {
  const names = Array.from({ length: users }, (_, index) => `user-${String(index + 1).padStart(2, '0')}`);
  return {
    ...{ realm: 'lab', clientId: 'lab-app', redirectUri: `${publicUrl}/lab/callback` },
    users: names.map((username) => ({ username, password: randomBytes(12).toString('base64url') })),
  };
}

/** Makes the realm with its client and users, in one request. */
export async function makeRealm(admin: KeycloakAdminRest, realm: LabRealm): Promise<void> {
  await admin.ask('POST', '/realms', representationOf(realm));
}

/** Writes the users' names and passwords, readable by nobody else: a JSON object by name. */
export function writeRealmUsers(folder: string, { users }: LabRealm): string {
  const file = join(folder, 'keycloak-users.json');
  const byName = Object.fromEntries(users.map(({ username, password }) => [username, password]));
  writeFileSync(file, `${JSON.stringify(byName, null, 2)}\n`, { mode: 0o600 });
  return file;
}

/** As Keycloak's admin REST API calls the parts of a realm (RealmRepresentation). */
export function representationOf({ realm, clientId, redirectUri, users }: LabRealm): Record<string, unknown> {
  return {
    ...{ realm, enabled: true, sslRequired: 'none', bruteForceProtected: true, failureFactor },
    clients: [
      {
        ...{ clientId, enabled: true, publicClient: true, standardFlowEnabled: true },
        ...{ directAccessGrantsEnabled: true, redirectUris: [redirectUri] },
      },
    ],
    users: users.map(({ username, password }) => ({
      ...{ username, enabled: true, emailVerified: true, email: `${username}@lab.example` },
      // Without a whole name a password login is refused: "Account is not fully set up".
      ...{ firstName: 'Lab', lastName: username },
      credentials: [{ type: 'password', value: password, temporary: false }],
    })),
  };
}
