import { arnOf, closeAll, siteA, siteB, start } from '../support/aws-account';
import { startBoto3, type Boto3, type BotoCall } from '../support/boto3-client';
import type { AwsStandInOptions } from '../../lab/aws-stand-in';

let python: Boto3;
beforeAll(() => (python = startBoto3()));
afterEach(closeAll);
afterAll(() => python.close());

type Call = Omit<BotoCall, 'url'>;

/** An account with one accelerator of both sites, as boto3 finds it. */
async function account(options: AwsStandInOptions = {}) {
  const standIn = await start(options);
  for (const [site, arn] of [
    ['site-a', siteA],
    ['site-b', siteB],
  ] as const) {
    standIn.addLoadBalancer({ arn, host: '127.0.0.1', port: 9, tags: { site, note: '<&">' } });
  }
  const endpoints = [{ endpointId: siteA }, { endpointId: siteB }];
  const accelerator = await standIn.addAccelerator({
    name: 'keycloak',
    listeners: [{ groups: [{ region: 'eu-west-1', endpoints }] }],
  });
  const boto3 = { call: (call: Call) => python.call({ url: standIn.url, ...call }) };
  return { standIn, boto3, accelerator, EndpointGroupArn: accelerator.groupArns[0] };
}

const ga = (operation: string, args: object, rest: Partial<Call> = {}): Call => ({
  service: 'globalaccelerator',
  operation,
  arguments: args,
  ...rest,
});
const elb = (operation: string, args: object, rest: Partial<Call> = {}): Call => ({
  ...ga(operation, args, rest),
  service: 'elbv2',
});
const secret = (args: object, rest: Partial<Call> = {}): Call => ({
  ...ga('get_secret_value', args, rest),
  service: 'secretsmanager',
});

describe('Global Accelerator through boto3', () => {
  it('is walked with paginators from the accelerator to the endpoints', async () => {
    const { standIn, boto3, accelerator } = await account();
    for (let index = 1; index <= 11; index += 1) {
      await standIn.addAccelerator({ name: `other-${index}`, listeners: [{ groups: [] }] });
    }

    const accelerators = await boto3.call(ga('list_accelerators', {}, { paginate: 5 }));
    const listeners = await boto3.call(ga('list_listeners', { AcceleratorArn: accelerator.arn }, { paginate: 100 }));
    const groups = await boto3.call(
      ga('list_endpoint_groups', { ListenerArn: accelerator.listeners[0]?.arn }, { paginate: 100 }),
    );

    expect((accelerators.result as { Accelerators: unknown[] }[]).map((page) => page.Accelerators.length)).toEqual([
      5, 5, 2,
    ]);
    expect(accelerators.result).toMatchObject([
      {
        Accelerators: [
          { AcceleratorArn: accelerator.arn, DnsName: accelerator.dnsName, Status: 'DEPLOYED' },
          {},
          {},
          {},
          {},
        ],
      },
      {},
      {},
    ]);
    expect(listeners.result).toMatchObject([{ Listeners: [{ PortRanges: [{ FromPort: 443, ToPort: 443 }] }] }]);
    expect(groups.result).toMatchObject([
      {
        EndpointGroups: [
          {
            EndpointGroupRegion: 'eu-west-1',
            EndpointDescriptions: [{ EndpointId: siteA, Weight: 128, HealthState: 'HEALTHY' }, { EndpointId: siteB }],
          },
        ],
      },
    ]);
  });

  it('loses an endpoint and gets it back', async () => {
    const { boto3, EndpointGroupArn } = await account();
    const ids = async () => {
      const { result } = await boto3.call(ga('describe_endpoint_group', { EndpointGroupArn }));
      return (
        result as { EndpointGroup: { EndpointDescriptions: { EndpointId: string }[] } }
      ).EndpointGroup.EndpointDescriptions.map(({ EndpointId }) => EndpointId);
    };

    const removed = await boto3.call(
      ga('remove_endpoints', { EndpointGroupArn, EndpointIdentifiers: [{ EndpointId: siteB }] }),
    );
    const without = await ids();
    const added = await boto3.call(
      ga('add_endpoints', {
        EndpointGroupArn,
        EndpointConfigurations: [{ EndpointId: siteB, Weight: 0, ClientIPPreservationEnabled: false }],
      }),
    );

    expect(removed.error).toBeUndefined();
    expect(without).toEqual([siteA]);
    expect(added.result).toMatchObject({
      EndpointGroupArn,
      EndpointDescriptions: [{ EndpointId: siteA }, { EndpointId: siteB, Weight: 0, HealthState: 'INITIAL' }],
    });
    expect(await ids()).toEqual([siteA, siteB]);
  });

  it('names its errors so that botocore knows their classes', async () => {
    const { standIn, boto3, accelerator, EndpointGroupArn } = await account();
    const removal = ga('remove_endpoints', { EndpointGroupArn, EndpointIdentifiers: [{ EndpointId: siteB }] });
    const refused = async (call: Call) => (await boto3.call(call)).error;

    expect(await refused(ga('describe_accelerator', { AcceleratorArn: `${accelerator.arn}0` }))).toMatchObject({
      class: 'AcceleratorNotFoundException',
      httpStatus: 404,
    });
    expect(await refused(ga('list_accelerators', { NextToken: 'x' }))).toMatchObject({
      class: 'InvalidNextTokenException',
    });
    standIn.faults.script([
      { operation: 'RemoveEndpoints', kind: 'error', name: 'TransactionInProgressException', httpStatus: 409 },
      { operation: 'RemoveEndpoints', kind: 'accessDenied' },
      { operation: 'RemoveEndpoints', kind: 'internalError' },
      { operation: 'RemoveEndpoints', kind: 'unavailable' },
      { operation: 'RemoveEndpoints', kind: 'resetBeforeApplying' },
    ]);
    expect(await refused(removal)).toMatchObject({ class: 'TransactionInProgressException', httpStatus: 409 });
    expect(await refused(removal)).toMatchObject({ class: 'AccessDeniedException', httpStatus: 403 });
    expect(await refused(removal)).toMatchObject({ class: 'InternalServiceErrorException', httpStatus: 500 });
    expect(await refused(removal)).toMatchObject({ class: 'ClientError', code: '503' });
    expect(await refused(removal)).toMatchObject({ class: 'ConnectionClosedError' });
    expect(await refused({ ...removal, region: 'eu-west-1' })).toMatchObject({ code: 'InvalidSignatureException' });
    expect((await boto3.call(removal)).error).toBeUndefined();
  });

  it('tells the attachments by which another account shares load balancers, and wants one named', async () => {
    const { standIn, boto3, EndpointGroupArn } = await account();
    const shared = arnOf('shared').replace('123456789012', '210987654321');
    const AttachmentArn = 'arn:aws:globalaccelerator::210987654321:attachment/1';
    standIn.addLoadBalancer({ arn: shared, host: '127.0.0.1', port: 9, attachmentArn: AttachmentArn });
    const add = (rest: object) =>
      boto3.call(ga('add_endpoints', { EndpointGroupArn, EndpointConfigurations: [{ EndpointId: shared, ...rest }] }));

    const listed = await boto3.call(
      ga('list_cross_account_resources', { ResourceOwnerAwsAccountId: '210987654321' }, { paginate: 1 }),
    );

    expect(listed.result).toMatchObject([{ CrossAccountResources: [{ EndpointId: shared, AttachmentArn }] }]);
    expect((await add({})).error).toMatchObject({ class: 'AccessDeniedException' });
    expect((await add({ AttachmentArn })).error).toBeUndefined();
  });

  it('is signed for with the right key, at the right time', async () => {
    const { standIn, boto3 } = await account({ accessKeys: { AKIDEXAMPLE: 'secret' } });
    const read = async (rest: Partial<Call>) => (await boto3.call(ga('list_accelerators', {}, rest))).error?.code;

    expect(await read({})).toBeUndefined();
    expect(await read({ secret: 'another' })).toBe('InvalidSignatureException');
    expect(await read({ key: 'AKIDOTHER' })).toBe('UnrecognizedClientException');
    expect((await boto3.call(elb('describe_load_balancers', {}, { secret: 'another' }))).error?.code).toBe(
      'SignatureDoesNotMatch',
    );
    standIn.behaviour.clockAheadMs = -3_600_000;
    expect((await boto3.call(ga('list_accelerators', {}))).error).toMatchObject({
      code: 'InvalidSignatureException',
      message: expect.stringMatching(/^Signature not yet current: \d{8}T\d{6}Z is still later than /) as unknown,
    });
  });
});

describe('Elastic Load Balancing through boto3', () => {
  it('tells the tags of twenty load balancers at once, and refuses twenty-one', async () => {
    const { standIn, boto3 } = await account();
    const arns = Array.from({ length: 21 }, (_, index) => arnOf(`site-${index}`));
    for (const arn of arns) standIn.addLoadBalancer({ arn, host: '127.0.0.1', port: 9 });

    const two = await boto3.call(elb('describe_tags', { ResourceArns: [siteB, arns[0]] }));
    const twenty = await boto3.call(elb('describe_tags', { ResourceArns: arns.slice(1) }));
    const tooMany = await boto3.call(elb('describe_tags', { ResourceArns: arns }));

    expect(two.result).toMatchObject({
      TagDescriptions: [
        {
          ResourceArn: siteB,
          Tags: [
            { Key: 'site', Value: 'site-b' },
            { Key: 'note', Value: '<&">' },
          ],
        },
        { ResourceArn: arns[0], Tags: [] },
      ],
    });
    expect((twenty.result as { TagDescriptions: unknown[] }).TagDescriptions).toHaveLength(20);
    expect(tooMany.error).toMatchObject({ code: 'ValidationError', httpStatus: 400 });
    expect(standIn.journal.of('DescribeTags')[0]).toMatchObject({
      service: 'elasticloadbalancing',
      target: { loadBalancerArns: [siteB, arns[0]] },
    });
  });

  it('fails the whole call for one that is not there, or is in another region', async () => {
    const { boto3 } = await account();
    const refused = async (call: Call) => (await boto3.call(call)).error;

    expect(await refused(elb('describe_tags', { ResourceArns: [siteA, arnOf('gone')] }))).toMatchObject({
      class: 'LoadBalancerNotFoundException',
      code: 'LoadBalancerNotFound',
      httpStatus: 400,
    });
    expect(await refused(elb('describe_load_balancers', { Names: ['gone'] }))).toMatchObject({
      class: 'LoadBalancerNotFoundException',
    });
    expect(await refused(elb('describe_tags', { ResourceArns: [siteA] }, { region: 'eu-north-1' }))).toMatchObject({
      code: 'ValidationError',
      message: `'${siteA}' is not a valid load balancer ARN`,
    });
  });

  it('describes load balancers by name and page by page, as they are now', async () => {
    const { standIn, boto3 } = await account();
    standIn.changeLoadBalancer(siteB, { state: 'active_impaired', tags: { site: 'site-c' } });

    const named = await boto3.call(elb('describe_load_balancers', { Names: ['site-b'] }));
    const pages = await boto3.call(elb('describe_load_balancers', {}, { paginate: 1 }));
    const tags = await boto3.call(elb('describe_tags', { ResourceArns: [siteB] }));

    expect(named.result).toMatchObject({
      LoadBalancers: [
        {
          LoadBalancerArn: siteB,
          LoadBalancerName: 'site-b',
          DNSName: 'site-b-0123456789abcdef.elb.eu-west-1.amazonaws.com',
          Type: 'network',
          State: { Code: 'active_impaired' },
        },
      ],
    });
    expect(pages.result).toMatchObject([
      { LoadBalancers: [{ LoadBalancerArn: siteA }] },
      { LoadBalancers: [{ LoadBalancerArn: siteB }] },
    ]);
    expect(tags.result).toMatchObject({ TagDescriptions: [{ Tags: [{ Key: 'site', Value: 'site-c' }] }] });
  });

  it('is throttled and denied under its own names', async () => {
    const { standIn, boto3 } = await account();
    standIn.faults.script([{ kind: 'throttle' }, { kind: 'accessDenied' }, { kind: 'internalError' }]);
    const codes: unknown[] = [];
    for (let call = 1; call <= 3; call += 1) {
      const { error } = await boto3.call(elb('describe_tags', { ResourceArns: [siteA] }));
      codes.push([error?.code, error?.httpStatus]);
    }

    expect(codes).toEqual([
      ['Throttling', 400],
      ['AccessDenied', 403],
      ['InternalFailure', 500],
    ]);
  });
});

describe('Secrets Manager through boto3', () => {
  it('gives the value of each stage of a rotation', async () => {
    const { standIn, boto3 } = await account();
    standIn.secrets.put('webhook', 'one');
    standIn.secrets.putPending('webhook', 'two');
    const value = async (VersionStage: string) => {
      const { result, error } = await boto3.call(secret({ SecretId: 'webhook', VersionStage }));
      return (result as { SecretString: string } | undefined)?.SecretString ?? error?.class;
    };
    const stages = async () => [await value('AWSCURRENT'), await value('AWSPREVIOUS'), await value('AWSPENDING')];

    const during = await stages();
    standIn.secrets.promotePending('webhook');

    expect(during).toEqual(['one', 'ResourceNotFoundException', 'two']);
    expect(await stages()).toEqual(['two', 'one', 'ResourceNotFoundException']);
  });
});
