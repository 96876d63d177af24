import type { ApiCallers } from './api-callers';
import type { LabApplication } from './application';
import { startAwsStandIn, type AwsStandIn, type Behaviour, type SeededAccelerator } from './aws-stand-in';
import { freePort } from './ports';
import type { ServiceAccount } from './keycloak/service-account';
import type { LabRun } from './run';
import type { LabUser } from './secrets';
import { labSites, type LabSite } from './sites';
import { tiers } from './tiers';

export const labRegion = 'eu-west-1';

/** How the accelerator is called in alerts and in the configuration. */
export const labAcceleratorDnsName = 'a5174b1e0c0ffee0.awsglobalaccelerator.com';

/** What stands in the configuration as `aws:<id>`. */
export const labSecretIds = {
  infinispan: 'infinispan-admin',
  webhook: 'webhook-credentials',
  api: 'api-tokens',
  keycloak: 'keycloak-service-account',
} as const;

/** The AWS account of the lab: the accelerator in front of both sites, and the secrets. */
export interface LabAws {
  standIn: AwsStandIn;
  accelerator: SeededAccelerator;
  loadBalancers: Record<LabSite, string>;
}

export const labLoadBalancers: Record<LabSite, string> = {
  'site-a': `arn:aws:elasticloadbalancing:${labRegion}:123456789012:loadbalancer/net/site-a/00000000000000aa`,
  'site-b': `arn:aws:elasticloadbalancing:${labRegion}:123456789012:loadbalancer/net/site-b/00000000000000bb`,
};

export async function startAws(run: LabRun, behaviour: Partial<Behaviour> = {}): Promise<AwsStandIn> {
  const standIn = await startAwsStandIn({ port: await freePort(), behaviour, secretsRegion: labRegion });
  run.onClose(tiers.servers, () => standIn.close());
  return standIn;
}

/** Puts the accelerator in front of the applications, both sites in one endpoint group, and stores the secrets. */
export async function seedAws(
  standIn: AwsStandIn,
  seed: {
    applications: Record<LabSite, LabApplication>;
    /** Where clients reach it. */
    acceleratorPort: number;
    infinispanAdmin: LabUser;
    /** Only with real Keycloaks. */
    serviceAccount?: ServiceAccount;
    webhookUser: LabUser;
    apiCallers: Pick<ApiCallers, 'secretText'>;
  },
): Promise<LabAws> {
  for (const site of labSites) {
    const { port, url } = seed.applications[site];
    standIn.addLoadBalancer({
      arn: labLoadBalancers[site],
      host: '127.0.0.1',
      port,
      healthUrl: `${url}/lb-check`,
      tags: { site },
    });
  }
  const endpoints = labSites.map((site) => ({ endpointId: labLoadBalancers[site], weight: 128 }));
  const accelerator = await standIn.addAccelerator({
    name: 'lab',
    dnsName: labAcceleratorDnsName,
    listeners: [{ localPort: seed.acceleratorPort, groups: [{ region: labRegion, endpoints }] }],
  });
  standIn.secrets.put(labSecretIds.infinispan, secretText(seed.infinispanAdmin));
  standIn.secrets.put(labSecretIds.webhook, secretText(seed.webhookUser));
  standIn.secrets.put(labSecretIds.api, seed.apiCallers.secretText);
  if (seed.serviceAccount) standIn.secrets.put(labSecretIds.keycloak, seed.serviceAccount.secret);
  return { standIn, accelerator, loadBalancers: labLoadBalancers };
}

function secretText({ username, password }: LabUser): string {
  return JSON.stringify({ username, password });
}
