import type { LabApplication } from './application';
import type { InfinispanPair } from './infinispan';
import { startKeycloak, type KeycloakOptions, type LabKeycloak } from './keycloak/keycloak';
import { startPostgres } from './keycloak/postgres';
import type { LabRun } from './run';
import { startSiteApplication } from './site-application';
import { perSiteAsync, type LabSite } from './sites';

export interface SiteParts {
  infinispan: InfinispanPair;
  /** A real Keycloak in each site, in the place of the small application. */
  keycloak?: KeycloakOptions;
  /** Where clients will reach them. */
  publicUrl: string;
}

/** What serves the clients. */
export interface ServingSites {
  applications: Record<LabSite, LabApplication>;
  keycloak?: LabKeycloak;
}

/** Starts Infinispan, and on it what serves the clients. */
export async function startSites(run: LabRun, { infinispan, keycloak, publicUrl }: SiteParts): Promise<ServingSites> {
  if (keycloak) return startKeycloakSites(run, { ...keycloak, infinispan, publicUrl });
  await infinispan.start();
  const { users, certificates, sites } = infinispan;
  const applications = await perSiteAsync((site) =>
    startSiteApplication(run, {
      site,
      infinispanUrl: sites[site].url,
      caFile: certificates.caFile,
      user: users.application,
    }),
  );
  return { applications };
}

async function startKeycloakSites(
  run: LabRun,
  options: KeycloakOptions & Pick<SiteParts, 'infinispan' | 'publicUrl'>,
): Promise<ServingSites> {
  const [database] = await Promise.all([startPostgres(run), options.infinispan.start()]);
  const keycloak = await startKeycloak(run, { ...options, database });
  return { applications: keycloak.servers, keycloak };
}
