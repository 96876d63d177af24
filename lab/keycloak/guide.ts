import type { LabKeycloak } from './keycloak';

/** What a person can look at and do with the lab's Keycloaks, as lines to copy. */
export function whatToDoWithKeycloak(keycloak: LabKeycloak): readonly string[] {
  const { servers, publicUrl, realm, usersFile, admin } = keycloak;
  return [
    'Log in',
    `  as a user            ${publicUrl}/realms/${realm.realm}/account`,
    `  users' passwords     ${usersFile}`,
    `  as the admin         ${publicUrl}/admin`,
    `  its password         ${admin.secretFile}`,
    ...Object.values(servers).map(({ site, url }) => `  Keycloak ${site}      ${url}/lb-check`),
    '',
  ];
}
