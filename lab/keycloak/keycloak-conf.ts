import type { KeycloakServerOptions } from './server';

/** The settings of one server, as keycloak.conf has them: in a file, because a command line can be read by anybody. */
export function keycloakConf(options: KeycloakServerOptions): string {
  const { ports, publicUrl, database, infinispan, caFile, admin } = options;
  const { hostname, port } = new URL(infinispan.url);
  const settings = {
    'http-enabled': true,
    'http-host': '127.0.0.1',
    'http-port': ports.http,
    'http-management-port': ports.management,
    // The same at both sites, or each refuses the other's tokens.
    hostname: publicUrl,
    'hostname-backchannel-dynamic': false,
    'db-url': database.jdbcUrl,
    'db-username': database.user.username,
    'db-password': database.user.password,
    'db-pool-min-size': 2,
    'db-pool-initial-size': 2,
    'db-pool-max-size': 15,
    'cache-remote-host': hostname,
    'cache-remote-port': port,
    'cache-remote-username': infinispan.user.username,
    'cache-remote-password': infinispan.user.password,
    'cache-remote-tls-enabled': true,
    'truststore-paths': caFile,
    'bootstrap-admin-username': admin.username,
    'bootstrap-admin-password': admin.password,
    // Each answer of a health check before it is ready would be logged.
    'log-level': 'info,io.smallrye.health:warn',
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
