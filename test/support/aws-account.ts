import {
  AddEndpointsCommand,
  DescribeAcceleratorCommand,
  DescribeEndpointGroupCommand,
  GlobalAcceleratorClient,
  RemoveEndpointsCommand,
  type EndpointConfiguration,
} from '@aws-sdk/client-global-accelerator';
import {
  startAwsStandIn,
  type AwsStandIn,
  type AwsStandInOptions,
  type SeededAccelerator,
} from '../../lab/aws-stand-in';

export const arnOf = (site: string) =>
  `arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/${site}/0123456789abcdef`;
export const siteA = arnOf('site-a');
export const siteB = arnOf('site-b');

/** What is to be closed after the test, latest first. */
export const closing: (() => unknown)[] = [];
export async function closeAll(): Promise<void> {
  for (const close of closing.splice(0).reverse()) await close();
}

export async function start(options: AwsStandInOptions = {}): Promise<AwsStandIn> {
  const standIn = await startAwsStandIn(options);
  closing.push(() => standIn.close());
  return standIn;
}

export function clientFor(
  { url }: AwsStandIn,
  options: { userAgent?: string; region?: string; maxAttempts?: number } = {},
) {
  const client = new GlobalAcceleratorClient({
    endpoint: url,
    region: options.region ?? 'us-west-2',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: options.maxAttempts ?? 1,
    ...(options.userAgent !== undefined && { customUserAgent: options.userAgent }),
  });
  closing.push(() => client.destroy());
  return client;
}

/** One accelerator with one group that holds both sites. */
export async function startWithPair(options: AwsStandInOptions = {}) {
  const standIn = await start(options);
  for (const arn of [siteA, siteB]) standIn.addLoadBalancer({ arn, host: '127.0.0.1', port: 9 });
  const accelerator = await addPair(standIn, 'keycloak');
  return { standIn, accelerator, groupArn: accelerator.groupArns[0] ?? '', client: clientFor(standIn) };
}

export function addPair(standIn: AwsStandIn, name: string): Promise<SeededAccelerator> {
  const endpoints = [{ endpointId: siteA }, { endpointId: siteB }];
  return standIn.addAccelerator({ name, listeners: [{ groups: [{ region: 'eu-west-1', endpoints }] }] });
}

export const removal = (groupArn: string, ...ids: string[]) =>
  new RemoveEndpointsCommand({
    EndpointGroupArn: groupArn,
    EndpointIdentifiers: ids.map((id) => ({ EndpointId: id })),
  });
export const addition = (groupArn: string, ...configurations: EndpointConfiguration[]) =>
  new AddEndpointsCommand({ EndpointGroupArn: groupArn, EndpointConfigurations: configurations });

export async function endpointsRead(client: GlobalAcceleratorClient, groupArn: string) {
  const { EndpointGroup } = await client.send(new DescribeEndpointGroupCommand({ EndpointGroupArn: groupArn }));
  return EndpointGroup?.EndpointDescriptions ?? [];
}
export const idsRead = async (client: GlobalAcceleratorClient, groupArn: string) =>
  (await endpointsRead(client, groupArn)).map(({ EndpointId }) => EndpointId);

export async function statusRead(client: GlobalAcceleratorClient, { arn }: SeededAccelerator) {
  return (await client.send(new DescribeAcceleratorCommand({ AcceleratorArn: arn }))).Accelerator?.Status;
}

/** An error as the SDK gives it to its caller. */
export const refusal = (name: string, httpStatusCode: number) => ({
  name,
  $metadata: expect.objectContaining({ httpStatusCode }) as unknown,
});

/** Under Jest the SDK does not know Node's own errors for errors, and wraps them: the code is left in the message only. */
export const connectionReset = { message: expect.stringContaining('ECONNRESET') as unknown };
