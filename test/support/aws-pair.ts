import type { GlobalAcceleratorOptions } from '../../gateways/global-accelerator';
import { createGlobalAcceleratorGateway } from '../../gateways/global-accelerator';
import { startAwsStandIn, type Behaviour, type SeededAccelerator } from '../../lab/aws-stand-in';
import { loadBalancerArn } from './fake-accelerator';

/** Settings of the SDK's client that lead it to a stand-in. */
export function clientOf(url: string) {
  return { endpoint: url, credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret' } };
}

export const loadBalancers = { 'site-a': loadBalancerArn('site-a'), 'site-b': loadBalancerArn('site-b') };

/**
 * The AWS stand-in with one accelerator of two listeners: the first one's group holds both sites, the second one's
 * site-b and an endpoint of others. `overrides` change how the gateway is configured.
 */
export async function awsPair(
  behaviour: Partial<Behaviour> = {},
  overrides: (seeded: SeededAccelerator) => Partial<GlobalAcceleratorOptions> = () => ({}),
) {
  const standIn = await startAwsStandIn({ behaviour });
  for (const arn of [...Object.values(loadBalancers), loadBalancerArn('other')]) {
    standIn.addLoadBalancer({ arn, host: '127.0.0.1', port: 9, health: 'HEALTHY' });
  }
  const accelerator = await standIn.addAccelerator({
    name: 'pair',
    listeners: [
      { groups: [{ region: 'eu-west-1', endpoints: [endpoint('site-a'), endpoint('site-b')] }] },
      {
        ports: [8443],
        groups: [{ region: 'eu-west-1', dial: 40, endpoints: [endpoint('other'), endpoint('site-b')] }],
      },
    ],
  });
  const gateway = createGlobalAcceleratorGateway({
    accelerator: { dnsName: accelerator.dnsName },
    loadBalancers,
    clock: Date.now,
    client: clientOf(standIn.url),
    ...overrides(accelerator),
  });
  return {
    standIn,
    accelerator,
    gateway,
    async close() {
      gateway.close();
      await standIn.close();
    },
  };
}

function endpoint(site: string) {
  return { endpointId: loadBalancerArn(site), weight: 128, clientIpPreservation: false };
}
