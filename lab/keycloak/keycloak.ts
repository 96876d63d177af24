import { join } from 'node:path';
import type { InfinispanPair } from '../infinispan';
import { freePorts } from '../ports';
import type { LabRun } from '../run';
import { makeUser, type LabUser } from '../secrets';
import { labSites, perSite, perSiteAsync, type LabSite } from '../sites';
import { KeycloakAdminRest } from './admin-rest';
import { passwordLogin } from './oidc';
import type { LabDatabase } from './postgres';
import { makeRealm, planRealm, writeRealmUsers, type LabRealm } from './realm';
import { KeycloakServer } from './server';
import { makeServiceAccount, planServiceAccount, type ServiceAccount } from './service-account';

const readyWithinSeconds = 120;
const loginWithinMs = 20_000;

export interface KeycloakOptions {
  /** Users of the realm; a user logs in with nobody else at the same time, or Keycloak suspects an attack. Default 20. */
  users?: number;
}

/** A real Keycloak in each site, and what they share. */
export interface LabKeycloak {
  servers: Record<LabSite, KeycloakServer>;
  database: LabDatabase;
  /** May do everything in every realm. */
  admin: LabUser;
  /** The admin REST API of each site. */
  adminRest: Record<LabSite, KeycloakAdminRest>;
  /** May clear the caches of every realm: what Sitewarden uses. */
  serviceAccount: ServiceAccount;
  realm: LabRealm;
  /** Names and passwords of the realm's users, by name. */
  usersFile: string;
  /** Under which users know it, at either site: the accelerator's. */
  publicUrl: string;
}

export interface KeycloakParts extends KeycloakOptions {
  infinispan: InfinispanPair;
  database: LabDatabase;
  publicUrl: string;
}

/** Returns when a user can log in at both sites. Both Infinispan sites have to see each other. */
export async function startKeycloak(run: LabRun, parts: KeycloakParts): Promise<LabKeycloak> {
  const keycloak = await prepareKeycloak(run, parts);
  const { servers, realm } = keycloak;
  const first = servers['site-a'].start();
  await Promise.race([untilItHasWritten(run, parts.infinispan), first]);
  await Promise.all([first.then(() => fill(keycloak)), servers['site-b'].start()]);
  await perSiteAsync((site) => warmUp(run, servers[site], realm));
  return keycloak;
}

/**
 * Two Keycloaks that meet on an empty cache can leave it replicated one way only, and nobody is told: the second one starts
 * after the first one's entries are there. By then the first one has made the database's tables, too.
 */
function untilItHasWritten(run: LabRun, { sites }: InfinispanPair): Promise<boolean> {
  const what = 'Keycloak of site-a has written to Infinispan';
  return run.until(async () => (await sites['site-a'].rest.size('work')) > 0, {
    what,
    withinSeconds: readyWithinSeconds,
  });
}

/** The other site knows it all too: it is in the database. */
async function fill({ adminRest, realm, serviceAccount }: LabKeycloak): Promise<void> {
  await makeRealm(adminRest['site-a'], realm);
  await makeServiceAccount(adminRest['site-a'], serviceAccount, ['master', realm.realm]);
}

async function prepareKeycloak(run: LabRun, parts: KeycloakParts): Promise<LabKeycloak> {
  const { infinispan, database, publicUrl, users } = parts;
  const secrets = join(run.folder, 'secrets');
  const admin = makeUser(secrets, 'keycloak-admin', 'admin');
  const ports = await freePorts(2 * labSites.length);
  const servers = perSite(
    (site) =>
      new KeycloakServer(run, {
        ...{ site, publicUrl, database, admin },
        ports: { http: ports.pop()!, management: ports.pop()! },
        infinispan: { url: infinispan.sites[site].url, user: infinispan.users.deployer },
        caFile: infinispan.certificates.caFile,
      }),
  );
  const realm = planRealm({ publicUrl, users });
  const adminRest = perSite((site) => new KeycloakAdminRest({ url: servers[site].url, admin }));
  return {
    ...{ servers, database, admin, adminRest, serviceAccount: planServiceAccount(secrets), publicUrl },
    ...{ realm, usersFile: writeRealmUsers(secrets, realm) },
  };
}

/** The first requests of a new Keycloak take seconds: they shall not be a user's. */
async function warmUp(run: LabRun, server: KeycloakServer, realm: LabRealm): Promise<void> {
  const user = realm.users[labSites.indexOf(server.site)]!;
  const place = () => ({ url: server.url, client: realm, signal: AbortSignal.timeout(loginWithinMs) });
  const logIn = async () => (await passwordLogin(place(), user)).status === 200;
  await run.until(logIn, { what: `a user can log in at ${server.site}`, withinSeconds: readyWithinSeconds });
}
