import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { labRegion, labSecretIds, type LabAws } from './aws';
import { labCaches, type InfinispanPair } from './infinispan';
import { labSites, type LabSite } from './sites';
import type { SiteApplication } from './site-application';
import type { TemporalServer } from './temporal';

/** The name of the lab's pair. */
export const labPair = 'demo';

export interface PolicySettings {
  preferredSite?: LabSite;
  stableSeconds?: number;
}

export interface SitewardenConfigParts {
  temporal: TemporalServer;
  infinispan: InfinispanPair;
  aws: LabAws;
  applications: Record<LabSite, SiteApplication>;
  webhookPort: number;
  workerHealthPort: number;
  policy?: PolicySettings;
}

/** Writes a sitewarden.yaml for the lab as a user would write one: secrets in Secrets Manager, TLS with a CA of one's own. */
export function writeSitewardenConfig(file: string, parts: SitewardenConfigParts): void {
  const { temporal, infinispan, aws, applications } = parts;
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
  }));
  const config = {
    temporal: { address: temporal.address, namespace: temporal.namespace },
    webhook: {
      listen: `127.0.0.1:${parts.webhookPort}`,
      credentials: { secret: `aws:${labSecretIds.webhook}` },
    },
    worker: { health: { listen: `127.0.0.1:${parts.workerHealthPort}` } },
    aws: { region: labRegion },
    sitePairs: [
      {
        name: labPair,
        traffic: { globalAccelerator: { dnsName: aws.accelerator.dnsName } },
        replication: { infinispan: { caches: [...labCaches] } },
        sites,
        policy: { preferredSite: 'site-a', stableSeconds: 10, ...parts.policy },
      },
    ],
  };
  writeFileSync(file, `# Written by the lab.\n${stringify(config, { lineWidth: 0 })}`);
}
