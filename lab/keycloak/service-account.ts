import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeycloakAdminRest } from './admin-rest';

const home = 'master';
/** Lets an account clear the caches of a realm, and tells it the server's version; nothing less does. */
const role = 'manage-realm';

/** What Sitewarden is to Keycloak: a client that acts for itself. */
export interface ServiceAccount {
  realm: string;
  clientId: string;
  secret: string;
  /** The secret and nothing else, as `file:` references of sitewarden.yaml want it. */
  secretFile: string;
}

/** Chooses a secret and writes it, readable by nobody else. Keycloak does not know the account yet. */
export function planServiceAccount(folder: string): ServiceAccount {
  const account = { realm: home, clientId: 'sitewarden', secret: randomBytes(18).toString('base64url') };
  const secretFile = join(folder, 'keycloak-sitewarden');
  writeFileSync(secretFile, account.secret, { mode: 0o600 });
  return { ...account, secretFile };
}

/** Makes the account, which may manage each of the realms and nothing else. The realms have to be there. */
export async function makeServiceAccount(
  admin: KeycloakAdminRest,
  { clientId, secret }: ServiceAccount,
  realms: readonly string[],
): Promise<void> {
  const client = { clientId, secret, enabled: true, publicClient: false, serviceAccountsEnabled: true };
  await admin.ask('POST', `/realms/${home}/clients`, { ...client, standardFlowEnabled: false });
  const user = await idOf(admin, `/clients/${await clientIdOf(admin, clientId)}/service-account-user`);
  for (const realm of realms) {
    // The realm `master` has a client per realm, whose roles are what one may do in it.
    const manager = await clientIdOf(admin, `${realm}-realm`);
    const mapped = await admin.ask('GET', `/realms/${home}/clients/${manager}/roles/${role}`);
    await admin.ask('POST', `/realms/${home}/users/${user}/role-mappings/clients/${manager}`, [mapped]);
  }
}

async function clientIdOf(admin: KeycloakAdminRest, name: string): Promise<string> {
  const found = (await admin.ask('GET', `/realms/${home}/clients?clientId=${name}`)) as { id: string }[];
  if (!found[0]) throw new Error(`Keycloak has no client ${name} in realm ${home}`);
  return found[0].id;
}

async function idOf(admin: KeycloakAdminRest, path: string): Promise<string> {
  return ((await admin.ask('GET', `/realms/${home}${path}`)) as { id: string }).id;
}
