/** `aws` of docker-compose.yml: the AWS stand-in with one accelerator in front of both sites' applications. */
import { labLoadBalancers, labRegion, labSecretIds } from '../aws';
import { startAwsStandIn } from '../aws-stand-in';
import { labSites } from '../sites';
import { stopSignal } from '../stop-signal';
import { publish } from './publish';
import { secret } from './secret';

/** The name in deploy/alerting/prometheus.example.yml: alerts carry it. */
const dnsName = 'a1234567890abcdef.awsglobalaccelerator.com';
/** In deploy/compose/sitewarden.yaml. */
const archiveBucket = 'sitewarden-archive';
const ports = { api: 4566, accelerator: 8000, application: 8080 };

void main();

async function main(): Promise<void> {
  const standIn = await startAwsStandIn({ secretsRegion: labRegion });
  for (const site of labSites) {
    const to = { host: `application-${site}`, port: ports.application };
    const healthUrl = `http://${to.host}:${to.port}/lb-check`;
    standIn.addLoadBalancer({ arn: labLoadBalancers[site], ...to, healthUrl });
  }
  const endpoints = labSites.map((site) => ({ endpointId: labLoadBalancers[site], weight: 128 }));
  const listeners = [{ groups: [{ region: labRegion, endpoints }] }];
  const accelerator = await standIn.addAccelerator({ name: 'compose', dnsName, listeners });
  standIn.secrets.put(labSecretIds.infinispan, secret('infinispan-admin.json'));
  standIn.secrets.put(labSecretIds.webhook, secret('webhook-credentials.json'));
  standIn.buckets.create(archiveBucket);
  await publish(ports.accelerator, accelerator.port);
  await publish(ports.api, standIn.port);
  await stopSignal();
  process.exit();
}
