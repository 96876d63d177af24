import { FakeKeycloak } from '../support/fake-keycloak';
import { keycloakContract } from './keycloak.contract';

keycloakContract('fake', async () => {
  const gateway = new FakeKeycloak();
  const refused = (refuses: FakeKeycloak['refuses']) => Object.assign(new FakeKeycloak(), { refuses });
  return {
    gateway,
    withWrongSecret: refused('KeycloakUnauthorized'),
    withoutRoles: refused('KeycloakDenied'),
    realm: 'shop',
    issuer: gateway.info.issuer,
    disableUserUnheard: async () => void (gateway.isStale = true),
    userLogsIn: async () => gateway.isStale,
    close: async () => undefined,
  };
});
