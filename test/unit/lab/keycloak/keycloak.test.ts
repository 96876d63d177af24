import { keycloakConf } from '../../../../lab/keycloak/keycloak-conf';
import { planRealm, representationOf } from '../../../../lab/keycloak/realm';
import type { KeycloakServerOptions } from '../../../../lab/keycloak/server';

const user = (username: string) => ({ username, password: `${username}'s password`, secretFile: 'unused' });

describe("the settings of a site's Keycloak", () => {
  const options: KeycloakServerOptions = {
    ...{ site: 'site-a', ports: { http: 8180, management: 9180 }, publicUrl: 'http://127.0.0.1:8080' },
    database: { port: 5432, user: user('keycloak'), jdbcUrl: 'jdbc:postgresql://127.0.0.1:5432/postgres' },
    ...{
      infinispan: { url: 'https://localhost:11222', user: user('deployer') },
      caFile: '/ca.pem',
      admin: user('admin'),
    },
  };
  const lines = (of: KeycloakServerOptions) => keycloakConf(of).trimEnd().split('\n');

  it('differ between the sites in their ports and their Infinispan only: the issuer of tokens is the same', () => {
    const other: KeycloakServerOptions = {
      ...{ ...options, site: 'site-b', ports: { http: 8280, management: 9280 } },
      infinispan: { url: 'https://localhost:11322', user: user('deployer') },
    };

    const differing = lines(options).filter((line) => !lines(other).includes(line));

    expect(differing).toEqual(['http-port=8180', 'http-management-port=9180', 'cache-remote-port=11222']);
    expect(lines(other)).toContain('hostname=http://127.0.0.1:8080');
  });

  it('talk to Infinispan by TLS, and trust the CA of the lab', () => {
    expect(lines(options)).toEqual(
      expect.arrayContaining([
        ...['cache-remote-host=localhost', 'cache-remote-tls-enabled=true', 'truststore-paths=/ca.pem'],
      ]),
    );
  });
});

describe("the realm of the lab's Keycloaks", () => {
  it('has as many users as wanted, each with a password of its own', () => {
    const { users } = planRealm({ publicUrl: 'http://127.0.0.1:8080', users: 30 });

    expect(new Set(users.map(({ username }) => username)).size).toBe(30);
    expect(new Set(users.map(({ password }) => password)).size).toBe(30);
    // Keycloak refuses shorter names.
    expect(users.filter(({ username }) => username.length < 3)).toEqual([]);
  });

  it('lets browsers end where the client says, and no other client log in by password', () => {
    const realm = planRealm({ publicUrl: 'http://127.0.0.1:8080', users: 2 });

    const { clients } = representationOf(realm);

    expect(clients).toEqual([
      expect.objectContaining({ clientId: realm.clientId, redirectUris: ['http://127.0.0.1:8080/lab/callback'] }),
    ]);
  });
});
