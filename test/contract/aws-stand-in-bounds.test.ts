import { closeAll, siteA, siteB, arnOf, start } from '../support/aws-account';
import { startBoto3, type Boto3, type BotoAnswer, type BotoService } from '../support/boto3-client';
import { missingFrom, problemsIn, violationsOf, type ServiceModel } from '../support/service-model';

/**
 * The stand-in against the models of three of the services that botocore ships: which members an answer has, of what
 * type and size, and which requests are refused. Nothing of a model is written down here.
 */

type Example = Readonly<Record<string, unknown>>;
/** Of S3 a part of each operation is served: aws-stand-in-s3.test.ts. */
type Service = Exclude<BotoService, 's3'>;

let boto3: Boto3;
beforeAll(() => (boto3 = startBoto3()));
afterEach(closeAll);
afterAll(() => boto3.close());

const attachmentArn = 'arn:aws:globalaccelerator::210987654321:attachment/shared';
const shared = arnOf('shared').replace('123456789012', '210987654321');
const zeroToTen = Array.from({ length: 11 }, (_, index) => index);

/** An account in which every list has a second page, and every example below succeeds. */
async function account() {
  const standIn = await start();
  for (const arn of [siteA, siteB]) {
    standIn.addLoadBalancer({ arn, host: '127.0.0.1', port: 9, tags: { site: 'site-a' } });
  }
  for (const suffix of ['', ...zeroToTen]) {
    const arn = `${shared}${suffix}`;
    standIn.addLoadBalancer({ arn, host: '127.0.0.1', port: 9, attachmentArn: `${attachmentArn}${suffix}` });
  }
  const endpoints = [siteA, siteB].map((endpointId) => ({ endpointId }));
  const groups = ['eu-west-1', 'eu-central-1'].map((region) => ({ region, endpoints }));
  const accelerator = await standIn.addAccelerator({ name: 'one', listeners: [{ groups }, { groups }] });
  await standIn.addAccelerator({ name: 'two', listeners: [{ groups }] });
  const { versionId } = standIn.secrets.put('webhook', 'text');
  const call = (service: Service, operation: string, input: Example) =>
    boto3.call({ url: standIn.url, service, operation, arguments: input, validate: false });

  /** The input for the second page of a list of Global Accelerator. */
  const second = async (operation: string, input: Example) => {
    const { result } = await call('globalaccelerator', operation, { MaxResults: 1, ...input });
    return { MaxResults: 1, ...input, NextToken: (result as Example)['NextToken'] };
  };
  const firstOne = await call('elbv2', 'DescribeLoadBalancers', { PageSize: 1 });

  const AcceleratorArn = accelerator.arn;
  const ListenerArn = accelerator.listeners[0]?.arn;
  const EndpointGroupArn = accelerator.groupArns[0];
  const configuration = {
    EndpointId: shared,
    Weight: 1,
    ClientIPPreservationEnabled: false,
    AttachmentArn: attachmentArn,
  };
  const owner = { ResourceOwnerAwsAccountId: '210987654321', AcceleratorArn };
  /** For every operation that is served, inputs that have every member at least once. */
  const examples: Record<Service, Record<string, Example[]>> = {
    globalaccelerator: {
      ListAccelerators: [await second('ListAccelerators', {})],
      DescribeAccelerator: [{ AcceleratorArn }],
      ListListeners: [await second('ListListeners', { AcceleratorArn })],
      ListEndpointGroups: [await second('ListEndpointGroups', { ListenerArn })],
      DescribeEndpointGroup: [{ EndpointGroupArn }],
      ListCrossAccountResources: [await second('ListCrossAccountResources', owner)],
      AddEndpoints: [{ EndpointGroupArn, EndpointConfigurations: [configuration] }],
      RemoveEndpoints: [
        { EndpointGroupArn, EndpointIdentifiers: [{ EndpointId: shared, ClientIPPreservationEnabled: false }] },
      ],
      UpdateEndpointGroup: [
        {
          EndpointGroupArn,
          EndpointConfigurations: [configuration],
          TrafficDialPercentage: 50.5,
          HealthCheckPort: 8443,
          HealthCheckProtocol: 'HTTPS',
          HealthCheckPath: '/health',
          HealthCheckIntervalSeconds: 10,
          ThresholdCount: 1,
          PortOverrides: [{ ListenerPort: 443, EndpointPort: 8443 }],
        },
      ],
    },
    elbv2: {
      DescribeTags: [{ ResourceArns: [siteA, siteB] }],
      DescribeLoadBalancers: [
        { LoadBalancerArns: [siteA] },
        { Names: ['site-a', 'site-b'] },
        { PageSize: 1, Marker: (firstOne.result as Example)['NextMarker'] },
      ],
    },
    secretsmanager: {
      GetSecretValue: [{ SecretId: 'webhook', VersionId: versionId, VersionStage: 'AWSCURRENT' }],
    },
  };
  return { standIn, call, examples };
}

const refusals: Record<Service, RegExp> = {
  globalaccelerator: /^Invalid(Argument|NextToken)Exception$/,
  elbv2: /^ValidationError$/,
  secretsmanager: /^ValidationException$/,
};

describe.each<Service>(['globalaccelerator', 'elbv2', 'secretsmanager'])('%s', (service) => {
  const unserved = /^(UnknownOperationException|InvalidAction)$/;

  it('has an example for each operation that it serves, with every member that the model gives it', async () => {
    const { call, examples } = await account();
    const model = await boto3.model(service);

    const served: string[] = [];
    for (const operation of Object.keys(model.operations)) {
      const { error } = await call(service, operation, {});
      if (!unserved.test(error?.code ?? '')) served.push(operation);
    }
    const missing = served.flatMap((operation) => {
      const inputs = examples[service][operation] ?? [];
      const lacking = inputs.map((input) => missingFrom(model, shapeOf(model, operation, 'input'), input));
      return (lacking[0] ?? []).filter((member) => lacking.every((members) => members.includes(member)));
    });

    expect(served).not.toEqual([]);
    expect(Object.keys(examples[service]).sort()).toEqual(served.sort());
    expect(missing).toEqual([]);
  });

  it('answers as the model describes', async () => {
    const { call, examples } = await account();
    const model = await boto3.model(service);

    for (const [operation, inputs] of Object.entries(examples[service])) {
      for (const input of inputs) {
        const answer = await call(service, operation, input);
        expect({ operation, error: answer.error }).toEqual({ operation, error: undefined });
        const shape = shapeOf(model, operation, 'output');
        const body = bodyOf(answer, operation);
        expect(shape === '' ? body : problemsIn(model, shape, body, service === 'elbv2')).toEqual(
          shape === '' ? {} : [],
        );
      }
    }
  });

  it('refuses each request that breaks a bound of the model, and changes nothing', async () => {
    const { standIn, call, examples } = await account();
    const model = await boto3.model(service);
    const before = standIn.snapshot().accelerators;
    let refused = 0;

    for (const [operation, inputs] of Object.entries(examples[service])) {
      for (const good of inputs) {
        for (const { what, input } of violationsOf(model, shapeOf(model, operation, 'input'), good)) {
          const { error } = await call(service, operation, input);
          expect({ operation, what, error }).toEqual({
            operation,
            what,
            error: expect.objectContaining({
              code: expect.stringMatching(refusals[service]) as unknown,
              httpStatus: 400,
            }) as unknown,
          });
          refused += 1;
        }
      }
    }

    expect(refused).toBeGreaterThan(0);
    expect(standIn.snapshot().accelerators).toEqual(before);
  });
});

function shapeOf(model: ServiceModel, operation: string, side: 'input' | 'output'): string {
  return model.operations[operation]?.[side]?.shape ?? '';
}

/** The members of the answer; in XML they stand below an element of the operation's name. */
function bodyOf({ wire }: BotoAnswer, operation: string): unknown {
  const body = wire[0] as Example;
  return body[`${operation}Result`] ?? body;
}
