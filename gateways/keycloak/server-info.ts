import type { ServerInfo } from '../../domain/readiness/facts';
import * as answers from './answers';
import { keycloakFailure } from './failures';
import { segment, type Errand, type KeycloakRest } from './rest';

/** The version that the server tells its administrators, and the issuer that it tells everybody. */
export async function readServerInfo(rest: KeycloakRest, realm: string, errand: Errand): Promise<ServerInfo> {
  const [issuer, version] = await Promise.all([readIssuer(rest, realm, errand), readVersion(rest, errand)]);
  return { issuer, version };
}

async function readIssuer(rest: KeycloakRest, realm: string, errand: Errand): Promise<string> {
  const path = `/realms/${segment(realm)}/.well-known/openid-configuration`;
  return (await rest.getPublic(path, answers.discovery, errand)).issuer;
}

async function readVersion(rest: KeycloakRest, errand: Errand): Promise<string> {
  const session = await rest.session(errand);
  const { systemInfo } = await session.get('/admin/serverinfo', answers.serverInfo);
  if (systemInfo) return systemInfo.version;
  const message = `${rest.describe('GET /admin/serverinfo')}: the service account is not shown the version.`;
  throw keycloakFailure('KeycloakDenied', message, { retryable: false });
}
