import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startAlerting, type Alerting } from './alerting';
import { callerNames, makeApiCallers, type ApiCallers, type LabCaller } from './api-callers';
import type { LabApplication } from './application';
import { ApplicationControl } from './application-control';
import { labAcceleratorDnsName, labRegion, seedAws, startAws, type LabAws } from './aws';
import type { Behaviour } from './aws-stand-in';
import { startClients, type ClientOptions, type ClientPopulation } from './clients';
import { prepareInfinispan, type InfinispanPair } from './infinispan';
import type { InfinispanTuning } from './infinispan-site';
import type { KeycloakOptions, LabKeycloak } from './keycloak/keycloak';
import { calmLogins, keycloakLogins } from './keycloak/logins';
import type { Link } from './link';
import { freePorts } from './ports';
import type { Restartable } from './restartable';
import { LabRun } from './run';
import { makeUser, type LabUser } from './secrets';
import { Sitewarden, type CliResult } from './sitewarden';
import {
  writeCallerConfig,
  writeSitewardenConfig,
  type PolicySettings,
  type WorkloadSetting,
} from './sitewarden-config';
import type { LabSite } from './sites';
import { startSites } from './start-sites';
import { startTemporal, type TemporalOptions, type TemporalServer } from './temporal';

export interface LabOptions {
  /** A real Keycloak in each site, in the place of the small application. */
  keycloak?: boolean | KeycloakOptions;
  infinispan?: InfinispanTuning;
  temporal?: TemporalOptions;
  /** How AWS behaves; may also be changed later, by `aws.standIn.behaviour`. */
  aws?: Partial<Behaviour>;
  /** Ends the lab, also in the middle of its start. */
  signal?: AbortSignal;
  /** Of the lab's pair. Default: site-a is preferred, a link counts as healed after 10 s, one person decides on each step back. */
  policy?: PolicySettings;
  /** Default: `exec`, the lab's own control. */
  workload?: WorkloadSetting;
}

/**
 * Two real sites on one machine, everything around them, and Sitewarden as it is shipped.
 * Worker, webhook and API are prepared, not started: a test decides when. All listens on loopback, on ports that were free.
 */
export interface Lab {
  run: LabRun;
  infinispan: InfinispanPair;
  /** The network between the sites. */
  link: Link;
  temporal: TemporalServer;
  aws: LabAws;
  applications: Record<LabSite, LabApplication>;
  /** Only with the option `keycloak`; its servers are the `applications`. */
  keycloak?: LabKeycloak;
  /** Stops and starts them, as the platform that runs a site's Keycloak. */
  applicationControl: ApplicationControl;
  alerting: Alerting;
  worker: Restartable;
  webhook: Restartable;
  api: Restartable;
  apiUrl: string;
  apiCallers: ApiCallers;
  webhookUser: LabUser;
  configFile: string;
  /** Where Sitewarden keeps the reports of closed runs. */
  archiveFolder: string;
  /** What Sitewarden's processes get beside our own environment: where AWS and Temporal are. */
  environment: NodeJS.ProcessEnv;
  /** For further workers and other configurations; the usual ones are `worker`, `webhook`, `api` and `cli`. */
  sitewarden: Sitewarden;
  /** `sitewarden <args> --config <the lab's>`, to its end. */
  cli(...args: string[]): Promise<CliResult>;
  /** The same through the API, as one of its callers. */
  cliAs(caller: LabCaller, ...args: string[]): Promise<CliResult>;
  /** Clients that log in through the accelerator from now on, until `stop()` or the lab's end. */
  startClients(options?: Omit<ClientOptions, 'host' | 'port' | 'login'>): ClientPopulation;
  /** Polls until `condition` gives something truthy; fails at once when a part of the lab crashes. */
  until: LabRun['until'];
  /** Returns when nothing is left. */
  close(): Promise<void>;
}

/** Returns when both sites see each other and everything else but Sitewarden works. On a failure nothing is left. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const run = new LabRun();
  const { signal } = options;
  signal?.addEventListener('abort', () => void run.close(), { once: true });
  try {
    signal?.throwIfAborted();
    return await startIn(run, options);
  } catch (error) {
    await run.close();
    throw error;
  }
}

async function startIn(run: LabRun, options: LabOptions): Promise<Lab> {
  const keycloakOptions = options.keycloak === true ? {} : options.keycloak || undefined;
  const contents = keycloakOptions ? 'keycloak' : 'texts';
  const infinispan = await prepareInfinispan(run, { contents, ...options.infinispan });
  const { users, certificates, sites } = infinispan;
  const webhookUser = makeUser(join(run.folder, 'secrets'), 'webhook', 'sitewarden');
  const apiCallers = makeApiCallers(join(run.folder, 'secrets'));
  const [webhookPort, workerHealthPort, apiPort, acceleratorPort] = (await freePorts(4)) as FourPorts;
  const [temporal, alerting, standIn, { applications, keycloak }] = await Promise.all([
    startTemporal(run, options.temporal),
    // Beside Infinispan: Prometheus takes 5 s before its first look at anything.
    startAlerting(run, {
      targets: { 'site-a': new URL(sites['site-a'].url).host, 'site-b': new URL(sites['site-b'].url).host },
      caFile: certificates.caFile,
      acceleratorDnsName: labAcceleratorDnsName,
      webhook: { address: `127.0.0.1:${webhookPort}`, user: webhookUser },
    }),
    startAws(run, options.aws),
    startSites(run, { infinispan, keycloak: keycloakOptions, publicUrl: `http://127.0.0.1:${acceleratorPort}` }),
  ]);
  const applicationControl = await ApplicationControl.start(run, applications);
  const aws = await seedAws(standIn, {
    ...{ applications, acceleratorPort, infinispanAdmin: users.admin, serviceAccount: keycloak?.serviceAccount },
    ...{ webhookUser, apiCallers },
  });

  const configFile = join(run.folder, 'sitewarden.yaml');
  const { policy, workload } = options;
  const archiveFolder = join(run.folder, 'archive');
  writeSitewardenConfig(configFile, {
    ...{ temporal, infinispan, aws, applications, applicationControl, keycloak, archiveFolder },
    ...{ alertmanagerUrl: alerting.alertmanagerUrl, webhookPort, workerHealthPort, apiPort, policy, workload },
  });
  const environment = environmentOf(run, aws, temporal);
  const sitewarden = new Sitewarden(run, environment);
  const worker = sitewarden.worker({ configFile, healthPort: workerHealthPort });
  const webhook = sitewarden.webhook({ configFile, port: webhookPort });
  const api = sitewarden.api({ configFile, port: apiPort });
  const configOf = (name: LabCaller) => join(run.folder, `sitewarden-as-${name}.yaml`);
  for (const name of callerNames) {
    writeCallerConfig(configOf(name), { configFile, apiPort, callers: apiCallers, name });
  }
  return {
    ...{ run, infinispan, link: infinispan.link, temporal, aws, alerting, worker, webhook, api },
    ...{ applications, keycloak, applicationControl, webhookUser, configFile, archiveFolder, environment, sitewarden },
    ...{ apiCallers, apiUrl: `http://127.0.0.1:${apiPort}` },
    cli: (...args) => sitewarden.cli(configFile, ...args),
    cliAs: (caller, ...args) => sitewarden.cli(configOf(caller), ...args),
    startClients: (clients = {}) => {
      const { host, port } = aws.accelerator;
      const logins = keycloak ? { ...calmLogins, login: keycloakLogins({ realm: keycloak.realm, aws }) } : {};
      return startClients(run, { host, port, ...logins, ...clients });
    },
    until: (condition, patience) => run.until(condition, patience),
    close: () => run.close(),
  };
}

type FourPorts = [number, number, number, number];

/** Leads AWS' and Temporal's SDKs to the lab, whatever profiles the user of this machine has. */
function environmentOf(run: LabRun, aws: LabAws, temporal: TemporalServer): NodeJS.ProcessEnv {
  const environment = {
    AWS_ENDPOINT_URL: aws.standIn.url,
    AWS_REGION: labRegion,
    AWS_ACCESS_KEY_ID: 'LAB',
    AWS_SECRET_ACCESS_KEY: randomBytes(30).toString('base64'),
    AWS_PROFILE: '',
    AWS_CONFIG_FILE: join(run.folder, 'no-aws-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(run.folder, 'no-aws-credentials'),
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEMPORAL_CONFIG_FILE: join(run.folder, 'temporal.toml'),
  };
  writeFileSync(environment.TEMPORAL_CONFIG_FILE, '[profile.default]\n');
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}='${value}'\n`);
  writeFileSync(join(run.folder, 'environment.sh'), exports.join(''));
  return environment;
}
