import { join } from 'node:path';
import type { LabKeycloak } from './keycloak';

/** What a person can look at and do with the lab's Keycloaks, as lines to copy. @param folder of the run. */
export function whatToDoWithKeycloak({ servers, publicUrl, realm }: LabKeycloak, folder: string): readonly string[] {
  const secrets = join(folder, 'secrets');
  return [
    'Log in',
    `  as a user            ${publicUrl}/realms/${realm.realm}/account`,
    `  users' passwords     ${join(secrets, 'keycloak-users.json')}`,
    `  as the admin         ${publicUrl}/admin`,
    `  its password         ${join(secrets, 'keycloak-admin.json')}`,
    ...Object.values(servers).map(({ site, url }) => `  Keycloak ${site}      ${url}/lb-check`),
    '',
  ];
}
