import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { callerNames, labCallers, type ApiCallers, type LabCaller } from './api-callers';
import type { LabApplication } from './application';
import type { ApplicationControl } from './application-control';
import { labRegion, labSecretIds, type LabAws } from './aws';
import { labCaches, type InfinispanPair } from './infinispan';
import type { LabKeycloak } from './keycloak/keycloak';
import { labSites, type LabSite } from './sites';
import type { TemporalServer } from './temporal';

/** The name of the lab's pair. */
export const labPair = 'demo';

/** How a gate is passed, as sitewarden.yaml has it. */
export interface GateSettings {
  approvals?: number;
  from?: readonly string[];
  notRequester?: boolean;
  unattributed?: 'accept' | 'refuse';
  expires?: string;
  remind?: string;
}

export interface PolicySettings {
  preferredSite?: LabSite;
  stableSeconds?: number;
  soakSeconds?: number;
  healthyWithinSeconds?: number;
  gates?: Partial<Record<'fence' | 'synchronize' | 'siteOnline' | 'siteOffline' | 'admitStaleSite', GateSettings>>;
}

/** As the lab's pair has it: a person decides on the way back, and nothing takes longer than somebody who watches likes. */
const labPolicy = {
  ...{ preferredSite: 'site-a', stableSeconds: 10, soakSeconds: 5, healthyWithinSeconds: 60 },
  gates: { synchronize: { approvals: 1 }, siteOnline: { approvals: 1 } },
} satisfies PolicySettings;

export interface SitewardenConfigParts {
  temporal: TemporalServer;
  infinispan: InfinispanPair;
  aws: LabAws;
  applications: Record<LabSite, LabApplication>;
  applicationControl: ApplicationControl;
  /** Where the applications are real ones. */
  keycloak?: LabKeycloak;
  /** Where reports of closed runs are kept. */
  archiveFolder: string;
  /** Whose running configuration is read in peace time. */
  alertmanagerUrl: string;
  webhookPort: number;
  workerHealthPort: number;
  apiPort: number;
  policy?: PolicySettings;
  workload?: WorkloadSetting;
}

/** Who stops and starts a site's application: the lab's own control, or nobody. */
export type WorkloadSetting = 'exec' | 'none';

/** Writes a sitewarden.yaml for the lab as a user would write one: secrets in Secrets Manager, TLS with a CA of one's own. */
export function writeSitewardenConfig(file: string, parts: SitewardenConfigParts): void {
  const { temporal, infinispan, aws, applications, policy = {} } = parts;
  const sites = labSites.map((site) => ({
    name: site,
    loadBalancer: aws.loadBalancers[site],
    endpoint: { weight: 128, clientIpPreservation: false },
    infinispan: {
      url: infinispan.sites[site].url,
      ca: `file:${infinispan.certificates.caFile}`,
      credentials: { secret: `aws:${labSecretIds.infinispan}` },
    },
    health: `${applications[site].url}/lb-check`,
    workload: workloadOf(parts, site),
  }));
  const config = {
    temporal: { address: temporal.address, namespace: temporal.namespace },
    webhook: {
      listen: `127.0.0.1:${parts.webhookPort}`,
      credentials: { secret: `aws:${labSecretIds.webhook}` },
    },
    api: {
      listen: `127.0.0.1:${parts.apiPort}`,
      tokens: { secret: `aws:${labSecretIds.api}` },
      access: callerNames.map((name) => ({ role: labCallers[name], names: [name] })),
    },
    worker: { health: { listen: `127.0.0.1:${parts.workerHealthPort}` } },
    aws: { region: labRegion },
    archive: { file: { folder: parts.archiveFolder } },
    readiness: { alertmanagers: [{ url: parts.alertmanagerUrl }] },
    sitePairs: [
      {
        name: labPair,
        // They have processes of their own, which outlive each site.
        placement: { worker: 'outside', temporal: 'outside', temporalStore: 'outside' },
        traffic: { globalAccelerator: { dnsName: aws.accelerator.dnsName } },
        replication: { infinispan: { caches: [...labCaches] } },
        sites,
        policy: { ...labPolicy, ...policy, gates: { ...labPolicy.gates, ...policy.gates } },
      },
    ],
  };
  writeFileSync(file, `# Written by the lab.\n${stringify(config, { lineWidth: 0 })}`);
}

function workloadOf({ workload, applicationControl, keycloak }: SitewardenConfigParts, site: LabSite): unknown {
  if (workload === 'none') return 'none';
  const commands = commandsOf(applicationControl, site);
  if (!keycloak) return { exec: commands };
  const { url } = keycloak.servers[site];
  const { realm, clientId } = keycloak.serviceAccount;
  const admin = { url, realm, clientId, secret: `aws:${labSecretIds.keycloak}` };
  return { keycloak: { ...commands, lbCheck: `${url}/lb-check`, admin, allowPlaintext: true } };
}

function commandsOf(control: ApplicationControl, site: LabSite): Record<string, unknown> {
  const [stop, start, status] = (['stop', 'start', 'status'] as const).map((verb) => [...control.command(site, verb)]);
  return { stop, start, status, timeoutSeconds: 10 };
}

/** Writes the same configuration for a caller's own machine: the command line goes through the API, with that caller's token. */
export function writeCallerConfig(
  file: string,
  { configFile, apiPort, callers, name }: { configFile: string; apiPort: number; callers: ApiCallers; name: LabCaller },
): void {
  const config = parse(readFileSync(configFile, 'utf8')) as object;
  const token = { secret: `file:${callers.tokenFiles[name]}` };
  const apiClient = { url: `http://127.0.0.1:${apiPort}`, token };
  writeFileSync(file, `# Written by the lab.\n${stringify({ ...config, apiClient }, { lineWidth: 0 })}`);
}
