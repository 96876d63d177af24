import { once } from 'node:events';
import * as http from 'node:http';
import * as net from 'node:net';
import {
  AddEndpointsCommand,
  DescribeAcceleratorCommand,
  DescribeEndpointGroupCommand,
  GlobalAcceleratorClient,
  ListAcceleratorsCommand,
  ListEndpointGroupsCommand,
  ListListenersCommand,
  RemoveEndpointsCommand,
  UpdateEndpointGroupCommand,
  paginateListAccelerators,
  type EndpointConfiguration,
} from '@aws-sdk/client-global-accelerator';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  manualClock,
  startAwsStandIn,
  type AwsStandIn,
  type AwsStandInOptions,
  type FaultSpec,
  type SeededAccelerator,
} from '../../lab/aws-stand-in';

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const arnOf = (site: string) =>
  `arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/${site}/0123456789abcdef`;
const siteA = arnOf('site-a');
const siteB = arnOf('site-b');

/** What is to be closed after the test, latest first. */
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(options: AwsStandInOptions = {}): Promise<AwsStandIn> {
  const standIn = await startAwsStandIn(options);
  closing.push(() => standIn.close());
  return standIn;
}

function clientFor({ url }: AwsStandIn, options: { userAgent?: string; region?: string; maxAttempts?: number } = {}) {
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
async function startWithPair(options: AwsStandInOptions = {}) {
  const standIn = await start(options);
  for (const arn of [siteA, siteB]) standIn.addLoadBalancer({ arn, host: '127.0.0.1', port: 9 });
  const accelerator = await addPair(standIn, 'keycloak');
  return { standIn, accelerator, groupArn: accelerator.groupArns[0] ?? '', client: clientFor(standIn) };
}

function addPair(standIn: AwsStandIn, name: string): Promise<SeededAccelerator> {
  const endpoints = [{ endpointId: siteA }, { endpointId: siteB }];
  return standIn.addAccelerator({ name, listeners: [{ groups: [{ region: 'eu-west-1', endpoints }] }] });
}

const removal = (groupArn: string, ...ids: string[]) =>
  new RemoveEndpointsCommand({
    EndpointGroupArn: groupArn,
    EndpointIdentifiers: ids.map((id) => ({ EndpointId: id })),
  });
const addition = (groupArn: string, ...configurations: EndpointConfiguration[]) =>
  new AddEndpointsCommand({ EndpointGroupArn: groupArn, EndpointConfigurations: configurations });

async function endpointsRead(client: GlobalAcceleratorClient, groupArn: string) {
  const { EndpointGroup } = await client.send(new DescribeEndpointGroupCommand({ EndpointGroupArn: groupArn }));
  return EndpointGroup?.EndpointDescriptions ?? [];
}
const idsRead = async (client: GlobalAcceleratorClient, groupArn: string) =>
  (await endpointsRead(client, groupArn)).map(({ EndpointId }) => EndpointId);

async function statusRead(client: GlobalAcceleratorClient, { arn }: SeededAccelerator) {
  return (await client.send(new DescribeAcceleratorCommand({ AcceleratorArn: arn }))).Accelerator?.Status;
}

/** An error as the SDK gives it to its caller. */
const refusal = (name: string, httpStatusCode: number) => ({
  name,
  $metadata: expect.objectContaining({ httpStatusCode }) as unknown,
});

/** Under Jest the SDK does not know Node's own errors for errors, and wraps them: the code is left in the message only. */
const connectionReset = { message: expect.stringContaining('ECONNRESET') as unknown };

describe('Global Accelerator: reading', () => {
  it('gives ten accelerators a page unless asked otherwise, and all of them over pages', async () => {
    const { standIn, client } = await startWithPair();
    for (let index = 1; index <= 12; index += 1) await addPair(standIn, `other-${index}`);

    const first = await client.send(new ListAcceleratorsCommand({}));
    const second = await client.send(new ListAcceleratorsCommand({ NextToken: first.NextToken }));
    const whole = await client.send(new ListAcceleratorsCommand({ MaxResults: 100 }));
    const names: unknown[] = [];
    for await (const { Accelerators = [] } of paginateListAccelerators({ client, pageSize: 5 }, {})) {
      names.push(...Accelerators.map(({ Name }) => Name));
    }

    expect(first.Accelerators).toHaveLength(10);
    expect(second.Accelerators?.map(({ Name }) => Name)).toEqual(['other-10', 'other-11', 'other-12']);
    expect(second.NextToken).toBeUndefined();
    expect(whole.Accelerators).toHaveLength(13);
    expect(whole.NextToken).toBeUndefined();
    expect(new Set(names).size).toBe(13);
  });

  it('refuses a page token that is not its own, and page sizes out of range', async () => {
    const { standIn, accelerator, client } = await startWithPair();
    for (let index = 1; index <= 10; index += 1) await addPair(standIn, `other-${index}`);
    const { NextToken } = await client.send(new ListAcceleratorsCommand({}));

    const invalid = refusal('InvalidNextTokenException', 400);
    await expect(client.send(new ListAcceleratorsCommand({ NextToken: 'page-2' }))).rejects.toMatchObject(invalid);
    await expect(
      client.send(new ListListenersCommand({ AcceleratorArn: accelerator.arn, NextToken })),
    ).rejects.toMatchObject(invalid);
    for (const MaxResults of [0, 101]) {
      await expect(client.send(new ListAcceleratorsCommand({ MaxResults }))).rejects.toMatchObject(
        refusal('InvalidArgumentException', 400),
      );
    }
  });

  it('describes an accelerator, its listeners and endpoint groups as the API has them', async () => {
    const { accelerator, groupArn, client } = await startWithPair();

    const { Accelerator } = await client.send(new DescribeAcceleratorCommand({ AcceleratorArn: accelerator.arn }));
    const { Listeners = [] } = await client.send(new ListListenersCommand({ AcceleratorArn: accelerator.arn }));
    const { EndpointGroups = [] } = await client.send(
      new ListEndpointGroupsCommand({ ListenerArn: Listeners[0]?.ListenerArn }),
    );

    expect(Accelerator).toMatchObject({
      Name: 'keycloak',
      Status: 'DEPLOYED',
      Enabled: true,
      IpAddressType: 'DUAL_STACK',
      DnsName: expect.stringMatching(/^a[0-9a-f]{16}\.awsglobalaccelerator\.com$/) as unknown,
      DualStackDnsName: expect.stringMatching(/^a[0-9a-f]{16}\.dualstack\.awsglobalaccelerator\.com$/) as unknown,
      CreatedTime: expect.any(Date) as unknown,
    });
    expect(Listeners).toMatchObject([{ PortRanges: [{ FromPort: 443, ToPort: 443 }], Protocol: 'TCP' }]);
    expect(EndpointGroups.map(({ EndpointGroupArn }) => EndpointGroupArn)).toEqual([groupArn]);
    expect(groupArn.startsWith(`${Listeners[0]?.ListenerArn}/endpoint-group/`)).toBe(true);
    expect(EndpointGroups[0]?.EndpointDescriptions).toEqual(
      [siteA, siteB].map((EndpointId) =>
        expect.objectContaining({
          EndpointId,
          Weight: 128,
          HealthState: 'HEALTHY',
          ClientIPPreservationEnabled: false,
        }),
      ),
    );
  });

  it('says what was not found, and what is no ARN', async () => {
    const { accelerator, groupArn, client } = await startWithPair();
    const listener = groupArn.replace(/\/endpoint-group.*/, '-gone');

    const gone = new DescribeAcceleratorCommand({ AcceleratorArn: `${accelerator.arn}0` });
    await expect(client.send(gone)).rejects.toMatchObject(refusal('AcceleratorNotFoundException', 404));
    await expect(client.send(new ListEndpointGroupsCommand({ ListenerArn: listener }))).rejects.toMatchObject(
      refusal('ListenerNotFoundException', 404),
    );
    await expect(endpointsRead(client, `${groupArn}0`)).rejects.toMatchObject(
      refusal('EndpointGroupNotFoundException', 404),
    );
    await expect(endpointsRead(client, 'keycloak')).rejects.toMatchObject(refusal('InvalidArgumentException', 400));
  });

  it('refuses a client of another region than us-west-2', async () => {
    const { standIn, groupArn } = await startWithPair();
    const client = clientFor(standIn, { region: 'eu-west-1' });

    await expect(endpointsRead(client, groupArn)).rejects.toMatchObject(refusal('InvalidSignatureException', 403));
    expect(standIn.journal.entries).toMatchObject([{ outcome: 'InvalidSignatureException', applied: false }]);
  });
});

describe('AWS_ENDPOINT_URL', () => {
  it('is all that a client needs to find the stand-in', async () => {
    const { standIn, groupArn } = await startWithPair();
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
    process.env.AWS_ENDPOINT_URL = standIn.url;
    closing.push(() => delete process.env.AWS_ENDPOINT_URL);
    const client = new GlobalAcceleratorClient({ region: 'us-west-2', credentials });
    closing.push(() => client.destroy());

    expect(await idsRead(client, groupArn)).toEqual([siteA, siteB]);
  });
});

describe('Global Accelerator: changing endpoints', () => {
  it('removes the named endpoint only, and adds it back with the settings given', async () => {
    const { groupArn, client } = await startWithPair();

    await client.send(removal(groupArn, siteB));
    const afterRemoval = await idsRead(client, groupArn);
    const added = await client.send(
      addition(groupArn, { EndpointId: siteB, Weight: 0, ClientIPPreservationEnabled: true }),
    );

    expect(afterRemoval).toEqual([siteA]);
    expect(added.EndpointGroupArn).toBe(groupArn);
    expect(await endpointsRead(client, groupArn)).toMatchObject([
      { EndpointId: siteA, Weight: 128 },
      { EndpointId: siteB, Weight: 0, ClientIPPreservationEnabled: true, HealthState: 'INITIAL' },
    ]);
  });

  it('removes the last endpoint without a word', async () => {
    const { groupArn, client } = await startWithPair();

    await client.send(removal(groupArn, siteA, siteB));

    expect(await idsRead(client, groupArn)).toEqual([]);
  });

  it('answers the removal of an absent endpoint either way, and removes nothing when it refuses', async () => {
    const { standIn, groupArn, client } = await startWithPair();
    await client.send(removal(groupArn, siteB));

    await expect(client.send(removal(groupArn, siteB))).resolves.toBeDefined();
    standIn.behaviour.absentEndpoint = 'EndpointNotFoundException';

    await expect(client.send(removal(groupArn, siteA, siteB))).rejects.toMatchObject(
      refusal('EndpointNotFoundException', 404),
    );
    expect(await idsRead(client, groupArn)).toEqual([siteA]);
  });

  it('answers the addition of a present endpoint in each way, and never modifies it', async () => {
    const { standIn, groupArn, client } = await startWithPair();
    const again = addition(groupArn, { EndpointId: siteB, Weight: 1 });

    await expect(client.send(again)).rejects.toMatchObject(refusal('InvalidArgumentException', 400));
    standIn.behaviour.presentEndpoint = 'EndpointAlreadyExistsException';
    await expect(client.send(again)).rejects.toMatchObject(refusal('EndpointAlreadyExistsException', 400));
    standIn.behaviour.presentEndpoint = 'succeed';
    await client.send(again);

    expect(await endpointsRead(client, groupArn)).toMatchObject([{ Weight: 128 }, { Weight: 128 }]);
  });

  it.each<{ wrong: string; configurations: EndpointConfiguration[] }>([
    { wrong: 'a weight over 255', configurations: [{ EndpointId: siteB, Weight: 256 }] },
    { wrong: 'a weight below 0', configurations: [{ EndpointId: siteB, Weight: -1 }] },
    { wrong: 'an empty list', configurations: [] },
    { wrong: 'eleven endpoints', configurations: Array.from({ length: 11 }, () => ({ EndpointId: siteB })) },
    { wrong: 'the same endpoint twice', configurations: [{ EndpointId: siteB }, { EndpointId: siteB }] },
    { wrong: 'no endpoint id', configurations: [{ Weight: 1 }] },
    { wrong: 'a load balancer that does not exist', configurations: [{ EndpointId: arnOf('site-x') }] },
    { wrong: 'a load balancer that is not active', configurations: [{ EndpointId: arnOf('site-new') }] },
  ])('refuses to add $wrong', async ({ configurations }) => {
    const { standIn, groupArn, client } = await startWithPair();
    standIn.addLoadBalancer({ arn: arnOf('site-new'), host: '127.0.0.1', port: 9, state: 'provisioning' });
    await client.send(removal(groupArn, siteB));

    await expect(client.send(addition(groupArn, ...configurations))).rejects.toMatchObject(
      refusal('InvalidArgumentException', 400),
    );
    expect(await idsRead(client, groupArn)).toEqual([siteA]);
  });

  it('holds ten endpoints at most', async () => {
    const { standIn, groupArn, client } = await startWithPair();
    const more = Array.from({ length: 9 }, (_, index) => arnOf(`site-${index}`));
    for (const arn of more) standIn.addLoadBalancer({ arn, host: '127.0.0.1', port: 9 });
    const nine = addition(groupArn, ...more.map((EndpointId) => ({ EndpointId })));

    await expect(client.send(nine)).rejects.toMatchObject(refusal('LimitExceededException', 403));
    expect(await idsRead(client, groupArn)).toHaveLength(2);
  });

  it('refuses changes to a group that does not exist', async () => {
    const { groupArn, client } = await startWithPair();
    const notFound = refusal('EndpointGroupNotFoundException', 404);

    await expect(client.send(removal(`${groupArn}0`, siteB))).rejects.toMatchObject(notFound);
    await expect(client.send(addition(`${groupArn}0`, { EndpointId: siteB }))).rejects.toMatchObject(notFound);
    await expect(
      client.send(new UpdateEndpointGroupCommand({ EndpointGroupArn: `${groupArn}0` })),
    ).rejects.toMatchObject(notFound);
  });
});

describe('Global Accelerator: UpdateEndpointGroup', () => {
  const update = (EndpointGroupArn: string, rest: object) =>
    new UpdateEndpointGroupCommand({ EndpointGroupArn, ...rest });

  it('leaves the endpoints alone when the list is absent, and merges the other members', async () => {
    const { groupArn, client } = await startWithPair();

    const { EndpointGroup } = await client.send(update(groupArn, { TrafficDialPercentage: 0 }));

    expect(EndpointGroup).toMatchObject({ TrafficDialPercentage: 0, HealthCheckPort: 443, ThresholdCount: 3 });
    expect(await idsRead(client, groupArn)).toEqual([siteA, siteB]);
  });

  it('replaces the whole list when it is present, puts what is not given back to defaults, keeps the health of what stays', async () => {
    const { groupArn, client } = await startWithPair();
    await client.send(update(groupArn, { EndpointConfigurations: [{ EndpointId: siteA, Weight: 7 }] }));
    const reduced = await endpointsRead(client, groupArn);

    await client.send(update(groupArn, { EndpointConfigurations: [{ EndpointId: siteB }, { EndpointId: siteA }] }));

    expect(reduced).toMatchObject([{ EndpointId: siteA, Weight: 7, HealthState: 'HEALTHY' }]);
    expect(await endpointsRead(client, groupArn)).toMatchObject([
      { EndpointId: siteB, Weight: 128, HealthState: 'INITIAL' },
      { EndpointId: siteA, Weight: 128, HealthState: 'HEALTHY' },
    ]);
  });

  it('empties the group for an empty list', async () => {
    const { groupArn, client } = await startWithPair();

    await client.send(update(groupArn, { EndpointConfigurations: [] }));

    expect(await idsRead(client, groupArn)).toEqual([]);
  });

  it('changes nothing at all when one part is wrong', async () => {
    const { standIn, groupArn, client } = await startWithPair();
    standIn.addLoadBalancer({ arn: siteB, host: '127.0.0.1', port: 9, state: 'failed' });
    const keepBoth = [{ EndpointId: siteA, Weight: 1 }, { EndpointId: siteB }];

    for (const wrong of [
      { EndpointConfigurations: keepBoth },
      { TrafficDialPercentage: 101, EndpointConfigurations: [] },
      { HealthCheckIntervalSeconds: 20, EndpointConfigurations: [] },
    ]) {
      await expect(client.send(update(groupArn, wrong))).rejects.toMatchObject(
        refusal('InvalidArgumentException', 400),
      );
    }
    expect(await endpointsRead(client, groupArn)).toMatchObject([{ Weight: 128 }, { Weight: 128 }]);
  });
});

describe('Global Accelerator: status', () => {
  it('is IN_PROGRESS from a mutation on until the time of the latest one is over', async () => {
    const clock = manualClock();
    const { accelerator, groupArn, client } = await startWithPair({ clock, behaviour: { deploymentMs: 60_000 } });
    const before = await statusRead(client, accelerator);

    await client.send(removal(groupArn, siteB));
    clock.advance(40_000);
    await client.send(addition(groupArn, { EndpointId: siteB }));
    clock.advance(59_999);
    const late = await statusRead(client, accelerator);
    clock.advance(1);

    expect([before, late, await statusRead(client, accelerator)]).toEqual(['DEPLOYED', 'IN_PROGRESS', 'DEPLOYED']);
  });

  it('stays DEPLOYED after a call that changed nothing', async () => {
    const { accelerator, groupArn, client } = await startWithPair({ clock: manualClock() });

    await client.send(removal(groupArn, arnOf('site-x')));

    expect(await statusRead(client, accelerator)).toBe('DEPLOYED');
  });

  it('lets a second change in meanwhile, unless told to refuse it; UpdateEndpointGroup is never refused', async () => {
    const clock = manualClock();
    const { standIn, groupArn, client } = await startWithPair({ clock });
    const conflict = refusal('TransactionInProgressException', 409);
    await client.send(removal(groupArn, siteB));
    await client.send(addition(groupArn, { EndpointId: siteB }));

    standIn.behaviour.conflictWhileInProgress = true;

    await expect(client.send(removal(groupArn, siteB))).rejects.toMatchObject(conflict);
    await expect(client.send(addition(groupArn, { EndpointId: siteB }))).rejects.toMatchObject(conflict);
    await client.send(new UpdateEndpointGroupCommand({ EndpointGroupArn: groupArn, TrafficDialPercentage: 50 }));
    clock.advance(standIn.behaviour.deploymentMs);
    await client.send(removal(groupArn, siteB));
    expect(await idsRead(client, groupArn)).toEqual([siteA]);
  });
});

describe('Global Accelerator: health', () => {
  const healthOf = (standIn: AwsStandIn, site: string) =>
    standIn.snapshot().accelerators[0]?.listeners[0]?.groups[0]?.endpoints.find(({ endpointId }) => endpointId === site)
      ?.health;

  it('is INITIAL after an addition, then as it was set for the load balancer', async () => {
    const clock = manualClock();
    const { standIn, groupArn, client } = await startWithPair({ clock });
    await client.send(removal(groupArn, siteB));
    standIn.setHealth(siteB, 'UNHEALTHY');

    await client.send(addition(groupArn, { EndpointId: siteB }));
    const fresh = healthOf(standIn, siteB);
    clock.advance(standIn.behaviour.initialHealthMs);
    const settled = healthOf(standIn, siteB);
    standIn.setHealth(siteB, 'HEALTHY');

    expect([fresh, settled, healthOf(standIn, siteB)]).toEqual(['INITIAL', 'UNHEALTHY', 'HEALTHY']);
  });

  it('follows the health URL: the first probe decides, then three equal ones in a row', async () => {
    const site = { status: 200, probes: 0 };
    const server = http.createServer((_, response) => {
      site.probes += 1;
      response.writeHead(site.status).end();
    });
    closing.push(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as net.AddressInfo;
    const standIn = await start({ behaviour: { healthCheckIntervalMs: 5 } });
    const healthUrl = `http://127.0.0.1:${port}/lb-check`;
    standIn.addLoadBalancer({ arn: siteA, host: '127.0.0.1', port, healthUrl });
    const endpoints = [{ endpointId: siteA, health: 'INITIAL' as const }];
    await standIn.addAccelerator({ name: 'one', listeners: [{ groups: [{ region: 'eu-west-1', endpoints }] }] });

    await standIn.until(() => healthOf(standIn, siteA) === 'HEALTHY');
    const probesUntilHealthy = site.probes;
    site.status = 503;
    await standIn.until(() => healthOf(standIn, siteA) === 'UNHEALTHY');
    const probesUntilUnhealthy = site.probes - probesUntilHealthy;
    site.status = 200;
    await standIn.until(() => healthOf(standIn, siteA) === 'HEALTHY');
    server.close();
    server.closeAllConnections();
    await standIn.until(() => healthOf(standIn, siteA) === 'UNHEALTHY');

    expect(probesUntilHealthy).toBe(1);
    expect(probesUntilUnhealthy).toBeGreaterThanOrEqual(3);
  });
});

describe('Secrets Manager', () => {
  async function startWithSecret() {
    const standIn = await start();
    const { arn, versionId } = standIn.secrets.put('webhook', 'one');
    const client = new SecretsManagerClient({
      endpoint: standIn.url,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
      maxAttempts: 1,
    });
    closing.push(() => client.destroy());
    const read = (VersionStage?: string, SecretId = 'webhook') =>
      client.send(new GetSecretValueCommand({ SecretId, VersionStage }));
    return { standIn, client, arn, versionId, read };
  }

  it('answers the current value by name and by ARN', async () => {
    const { arn, versionId, read } = await startWithSecret();

    const expected = { ARN: arn, Name: 'webhook', VersionId: versionId, SecretString: 'one' };
    expect(await read()).toMatchObject({ ...expected, VersionStages: ['AWSCURRENT'] });
    expect(await read('AWSCURRENT', arn)).toMatchObject(expected);
    expect((await read()).CreatedDate).toBeInstanceOf(Date);
  });

  it('moves the stages as a rotation does', async () => {
    const { standIn, client, versionId, read } = await startWithSecret();
    standIn.secrets.putPending('webhook', 'two');
    const pending = [(await read()).SecretString, (await read('AWSPENDING')).SecretString];

    standIn.secrets.promotePending('webhook');
    const promoted = [(await read()).SecretString, (await read('AWSPREVIOUS')).SecretString];
    standIn.secrets.put('webhook', 'three');

    expect(pending).toEqual(['one', 'two']);
    expect(promoted).toEqual(['two', 'one']);
    expect((await read('AWSPREVIOUS')).SecretString).toBe('two');
    const oldest = new GetSecretValueCommand({ SecretId: 'webhook', VersionId: versionId });
    expect(await client.send(oldest)).toMatchObject({ SecretString: 'one', VersionStages: [] });
    await expect(read('AWSPENDING')).rejects.toMatchObject(refusal('ResourceNotFoundException', 400));
  });

  it('says that a secret or stage is not there with HTTP 400', async () => {
    const { standIn, read } = await startWithSecret();
    const notFound = refusal('ResourceNotFoundException', 400);

    await expect(read('AWSPREVIOUS')).rejects.toMatchObject(notFound);
    await expect(read(undefined, 'other')).rejects.toMatchObject(notFound);
    standIn.secrets.remove('webhook');
    await expect(read()).rejects.toMatchObject(notFound);
  });

  it('writes no value into journal or state', async () => {
    const { standIn, read } = await startWithSecret();
    standIn.secrets.put('webhook', 'correct horse');
    await read();

    const shown = await Promise.all(
      ['journal', 'state'].map(async (page) => (await fetch(`${standIn.url}/_stand-in/${page}`)).text()),
    );

    expect(shown.join()).not.toContain('correct horse');
    expect(standIn.journal.entries).toMatchObject([
      { service: 'secretsmanager', operation: 'GetSecretValue', target: { secretId: 'webhook' }, outcome: 'ok' },
    ]);
  });

  it('fails under its own names', async () => {
    const { standIn, read } = await startWithSecret();
    standIn.faults.inject({ kind: 'internalError' }, { operation: 'GetSecretValue' });
    standIn.faults.inject({ kind: 'accessDenied' }, { operation: 'GetSecretValue' });

    await expect(read()).rejects.toMatchObject(refusal('InternalServiceError', 500));
    await expect(read()).rejects.toMatchObject(refusal('AccessDeniedException', 400));
    expect((await read()).SecretString).toBe('one');
  });
});

describe('faults', () => {
  it.each<{ fault: FaultSpec; seen: object; left: string[] }>([
    { fault: { kind: 'throttle' }, seen: refusal('ThrottlingException', 400), left: [siteA, siteB] },
    { fault: { kind: 'internalError' }, seen: refusal('InternalServiceErrorException', 500), left: [siteA, siteB] },
    { fault: { kind: 'accessDenied' }, seen: refusal('AccessDeniedException', 403), left: [siteA, siteB] },
    { fault: { kind: 'unavailable' }, seen: { name: 'SyntaxError' }, left: [siteA, siteB] },
    {
      fault: { kind: 'error', name: 'TransactionInProgressException', httpStatus: 409 },
      seen: refusal('TransactionInProgressException', 409),
      left: [siteA, siteB],
    },
    { fault: { kind: 'resetBeforeApplying' }, seen: connectionReset, left: [siteA, siteB] },
    { fault: { kind: 'resetAfterApplying' }, seen: connectionReset, left: [siteA] },
  ])('$fault.kind reaches the caller, for as many calls as said', async ({ fault, seen, left }) => {
    const { standIn, groupArn, client } = await startWithPair();
    const armed = standIn.faults.inject(fault, { operation: 'RemoveEndpoints', times: 2 });

    for (let call = 1; call <= 2; call += 1) {
      await expect(client.send(removal(groupArn, siteB))).rejects.toMatchObject(seen);
    }

    expect(armed.hits).toBe(2);
    expect(await idsRead(client, groupArn)).toEqual(left);
    expect(standIn.journal.of('RemoveEndpoints')).toMatchObject([
      { fault: fault.kind, applied: left.length === 1, endpoints: left.map((endpointId) => ({ endpointId })) },
      { fault: fault.kind },
    ]);
    await client.send(removal(groupArn, siteB));
  });

  it('are retried by the SDK like those of AWS', async () => {
    const { standIn, groupArn } = await startWithPair();
    const client = clientFor(standIn, { maxAttempts: 3 });
    standIn.faults.inject({ kind: 'unavailable' });
    standIn.faults.inject({ kind: 'resetAfterApplying' });

    const { $metadata } = await client.send(removal(groupArn, siteB));

    expect($metadata.attempts).toBe(3);
    expect(standIn.journal.of('RemoveEndpoints').map(({ outcome }) => outcome)).toEqual([
      'ServiceUnavailable',
      'ConnectionReset',
      'ok',
    ]);
  });

  it('hit the chosen operation and caller only, until removed', async () => {
    const { standIn, groupArn, client } = await startWithPair();
    const other = clientFor(standIn, { userAgent: 'cmd/keycloak-1/0/4' });
    const armed = standIn.faults.inject(
      { kind: 'throttle' },
      { operation: 'RemoveEndpoints', userAgentContains: 'cmd/keycloak-1/0/4', times: Infinity },
    );

    await client.send(removal(groupArn, siteB));
    await other.send(addition(groupArn, { EndpointId: siteB }));
    await expect(other.send(removal(groupArn, siteB))).rejects.toMatchObject({ name: 'ThrottlingException' });
    await expect(other.send(removal(groupArn, siteB))).rejects.toMatchObject({ name: 'ThrottlingException' });
    armed.remove();
    await other.send(removal(groupArn, siteB));

    expect(armed.hits).toBe(2);
    expect(standIn.snapshot().faults).toEqual([]);
  });

  it('hold keeps the reply of one caller back after the call took effect, and nobody else', async () => {
    const { standIn, groupArn, client } = await startWithPair();
    const slow = clientFor(standIn, { userAgent: 'cmd/keycloak-1/0/4' });
    const hold = standIn.faults.inject({ kind: 'hold' }, { userAgentContains: 'cmd/keycloak-1/0/4' });
    let answered = false;

    const call = slow.send(removal(groupArn, siteB)).then(() => (answered = true));
    const held = await hold.reached;
    const during = await idsRead(client, groupArn);

    expect(held).toMatchObject({ operation: 'RemoveEndpoints', target: { groupArn, endpointIds: [siteB] } });
    expect(during).toEqual([siteA]);
    expect(answered).toBe(false);
    expect(standIn.journal.of('RemoveEndpoints')[0]?.answeredAt).toBeUndefined();
    hold.release();
    await call;
    expect(standIn.journal.of('RemoveEndpoints')[0]?.answeredAt).toEqual(expect.any(Number));
  });

  it('holdBeforeApplying lets a call take effect late, even after its caller has given up', async () => {
    const { standIn, groupArn, client } = await startWithPair();
    const hold = standIn.faults.inject({ kind: 'holdBeforeApplying' }, { operation: 'RemoveEndpoints' });
    const giveUp = new AbortController();

    const call = client.send(removal(groupArn, siteB), { abortSignal: giveUp.signal });
    await hold.reached;
    giveUp.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    const before = await idsRead(client, groupArn);
    hold.release();
    const entry = await standIn.journal.until(({ operation }) => operation === 'RemoveEndpoints');

    expect(before).toEqual([siteA, siteB]);
    expect(entry).toMatchObject({ applied: true, fault: 'holdBeforeApplying', endpoints: [{ endpointId: siteA }] });
    expect(await idsRead(client, groupArn)).toEqual([siteA]);
  });

  it('latency is spent half before and half after the call takes effect', async () => {
    const clock = manualClock();
    const { standIn, groupArn, client } = await startWithPair({ clock });
    standIn.behaviour.latencyMsByOperation.RemoveEndpoints = 80;
    const waiting = new Promise<void>((resolve) => {
      const after = clock.after;
      clock.after = (ms, run) => {
        clock.after = after;
        resolve();
        return after(ms, run);
      };
    });

    const call = client.send(removal(groupArn, siteB));
    await waiting;
    clock.advance(39);
    const early = await idsRead(client, groupArn);
    clock.advance(1);
    const entry = await standIn.journal.until(({ operation }) => operation === 'RemoveEndpoints');
    const unanswered = entry.answeredAt;
    clock.advance(40);
    await call;

    expect(early).toEqual([siteA, siteB]);
    expect(unanswered).toBeUndefined();
    expect([entry.at - entry.arrivedAt, (entry.answeredAt ?? 0) - entry.arrivedAt]).toEqual([40, 80]);
  });
});

describe('journal', () => {
  it('has every call with target, raw user agent, outcome and the endpoints after it', async () => {
    const { standIn, groupArn } = await startWithPair();
    const client = clientFor(standIn, { userAgent: 'sitewarden/0.1.0' });

    await client.send(removal(groupArn, siteB));
    await expect(client.send(addition(groupArn, { EndpointId: 'x' }))).rejects.toThrow('There is no load balancer x');
    await client.send(new ListAcceleratorsCommand({}));

    const userAgent = expect.stringMatching(/^aws-sdk-js\/.*sitewarden\/0\.1\.0/) as unknown;
    expect(standIn.journal.entries).toMatchObject([
      {
        seq: 1,
        service: 'globalaccelerator',
        operation: 'RemoveEndpoints',
        target: { groupArn, endpointIds: [siteB] },
        userAgent,
        outcome: 'ok',
        httpStatus: 200,
        applied: true,
        endpoints: [{ endpointId: siteA, weight: 128, health: 'HEALTHY' }],
      },
      { seq: 2, operation: 'AddEndpoints', outcome: 'InvalidArgumentException', httpStatus: 400, applied: false },
      { seq: 3, operation: 'ListAccelerators', target: {}, outcome: 'ok' },
    ]);
  });

  it('can be awaited: what is there, what is newer, and what never comes', async () => {
    const { standIn, groupArn, client } = await startWithPair();
    const isRead = ({ operation }: { operation: string }) => operation === 'DescribeEndpointGroup';
    await endpointsRead(client, groupArn);

    const first = await standIn.journal.until(isRead);
    const next = standIn.journal.until(isRead, { after: standIn.journal.latest });
    await endpointsRead(client, groupArn);

    expect([first.seq, (await next).seq]).toEqual([1, 2]);
    await expect(
      standIn.journal.until(({ operation }) => operation === 'RemoveEndpoints', { withinMs: 20, what: 'a removal' }),
    ).rejects.toThrow(/Not within 20 ms: a removal\. The last calls of 2:\n {2}#1 DescribeEndpointGroup ok/);
  });

  it('names calls by somebody else in the same process', async () => {
    const { standIn, groupArn, client } = await startWithPair();

    standIn.callAs('terraform', 'UpdateEndpointGroup', { EndpointGroupArn: groupArn, EndpointConfigurations: [] });

    expect(await idsRead(client, groupArn)).toEqual([]);
    expect(standIn.journal.entries[0]).toMatchObject({ userAgent: 'terraform', applied: true, endpoints: [] });
    expect(() => standIn.callAs('terraform', 'RemoveEndpoints', {})).toThrow('EndpointIdentifiers is required.');
  });

  it('and state can be read with curl, and nothing be changed', async () => {
    const { standIn, groupArn, client } = await startWithPair();
    await endpointsRead(client, groupArn);
    const admin = (page: string, init?: RequestInit) => fetch(`${standIn.url}/_stand-in/${page}`, init);

    expect(await (await admin('journal')).json()).toMatchObject([{ operation: 'DescribeEndpointGroup' }]);
    expect(await (await admin('state')).json()).toMatchObject({ accelerators: [{ name: 'keycloak' }] });
    expect((await admin('state', { method: 'POST' })).status).toBe(404);
    expect((await admin('')).status).toBe(404);
  });
});

describe('data plane', () => {
  /** A TCP server that says its name to whoever connects and echoes what it gets. */
  async function site(name: string) {
    const sockets = new Set<net.Socket>();
    const server = net.createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.write(`${name}\n`);
      socket.pipe(socket);
    });
    closing.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as net.AddressInfo).port;
  }

  async function startWithSites({ weights = [128, 128] }: { weights?: number[] } = {}) {
    const standIn = await start();
    for (const arn of [siteA, siteB]) {
      standIn.addLoadBalancer({ arn, host: '127.0.0.1', port: await site(arn === siteA ? 'site-a' : 'site-b') });
    }
    const endpoints = [siteA, siteB].map((endpointId, index) => ({ endpointId, weight: weights[index] }));
    const accelerator = await standIn.addAccelerator({
      name: 'keycloak',
      listeners: [{ groups: [{ region: 'eu-west-1', endpoints }] }],
    });
    return { standIn, accelerator, groupArn: accelerator.groupArns[0] ?? '', client: clientFor(standIn) };
  }

  async function flow({ host, port }: SeededAccelerator) {
    const socket = net.connect(port, host);
    closing.push(() => socket.destroy());
    const [greeting] = (await once(socket, 'data')) as [Buffer];
    return { socket, site: greeting.toString().trim() };
  }

  async function sitesOf(accelerator: SeededAccelerator, count: number) {
    const sites: string[] = [];
    for (let index = 0; index < count; index += 1) {
      const { socket, site: name } = await flow(accelerator);
      socket.destroy();
      sites.push(name);
    }
    return {
      'site-a': sites.filter((name) => name === 'site-a').length,
      'site-b': sites.filter((name) => name === 'site-b').length,
    };
  }

  it('deals new connections out by weight', async () => {
    const { accelerator } = await startWithSites({ weights: [192, 64] });

    expect(await sitesOf(accelerator, 40)).toEqual({ 'site-a': 30, 'site-b': 10 });
  });

  it('sends nothing new to an endpoint of weight 0 or of bad health, or to one that is gone', async () => {
    const { standIn, accelerator, groupArn, client } = await startWithSites({ weights: [0, 1] });
    const weightless = await sitesOf(accelerator, 3);
    await client.send(
      new UpdateEndpointGroupCommand({
        EndpointGroupArn: groupArn,
        EndpointConfigurations: [{ EndpointId: siteA }, { EndpointId: siteB }],
      }),
    );
    standIn.setHealth(siteB, 'UNHEALTHY');
    const unhealthy = await sitesOf(accelerator, 3);
    standIn.setHealth(siteB, 'HEALTHY');
    await client.send(removal(groupArn, siteB));

    expect(weightless).toEqual({ 'site-a': 0, 'site-b': 3 });
    expect(unhealthy).toEqual({ 'site-a': 3, 'site-b': 0 });
    expect(await sitesOf(accelerator, 3)).toEqual({ 'site-a': 3, 'site-b': 0 });
  });

  it('keeps an established flow with its endpoint after the removal', async () => {
    const { standIn, accelerator, groupArn, client } = await startWithSites({ weights: [1, 255] });
    const { socket, site: name } = await flow(accelerator);

    await client.send(removal(groupArn, siteB));
    socket.write('still there?');
    const [echo] = (await once(socket, 'data')) as [Buffer];

    expect([name, echo.toString()]).toEqual(['site-b', 'still there?']);
    expect(standIn.snapshot().accelerators[0]?.listeners[0]?.flows[siteB]).toEqual({ open: 1, total: 1 });
    socket.end();
    await standIn.until(({ accelerators }) => accelerators[0]?.listeners[0]?.flows[siteB]?.open === 0);
  });

  it('fails open: with no healthy endpoint of positive weight, any endpoint gets connections', async () => {
    const { standIn, accelerator } = await startWithSites({ weights: [0, 1] });

    standIn.setHealth(siteB, 'UNHEALTHY');

    expect(await sitesOf(accelerator, 4)).toEqual({ 'site-a': 2, 'site-b': 2 });
  });

  it('refuses connections when no endpoint is left, or the endpoint does not listen', async () => {
    const { standIn, accelerator, groupArn, client } = await startWithSites();
    const free = await startAwsStandIn();
    await free.close();
    standIn.addLoadBalancer({ arn: siteA, host: '127.0.0.1', port: free.port });
    await client.send(removal(groupArn, siteB));

    await expect(flow(accelerator)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await client.send(removal(groupArn, siteA));
    await expect(flow(accelerator)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('divides between groups by traffic dial, which gives way when the other group has nothing healthy', async () => {
    const { standIn } = await startWithSites();
    const accelerator = await standIn.addAccelerator({
      name: 'two groups',
      listeners: [
        {
          groups: [
            { region: 'eu-west-1', dial: 25, endpoints: [{ endpointId: siteA }] },
            { region: 'eu-central-1', endpoints: [{ endpointId: siteB }] },
          ],
        },
      ],
    });

    const both = await sitesOf(accelerator, 8);
    standIn.setHealth(siteB, 'UNHEALTHY');

    expect(both).toEqual({ 'site-a': 2, 'site-b': 6 });
    expect(await sitesOf(accelerator, 4)).toEqual({ 'site-a': 4, 'site-b': 0 });
  });

  it('ends a flow that was idle for too long', async () => {
    const { standIn, accelerator } = await startWithSites();
    standIn.behaviour.idleTimeoutMs = 20;

    const { socket } = await flow(accelerator);
    await once(socket.resume(), 'close');

    expect(socket.destroyed).toBe(true);
  });

  it('delivers a large answer whole to a client that has closed its own side', async () => {
    const answer = Buffer.alloc(4_000_000, 'x');
    const server = net.createServer({ allowHalfOpen: true }, (socket) => {
      socket.resume().on('end', () => socket.end(answer));
    });
    closing.push(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { standIn, accelerator, groupArn, client } = await startWithSites();
    await client.send(removal(groupArn, siteB));
    standIn.addLoadBalancer({ arn: siteA, host: '127.0.0.1', port: (server.address() as net.AddressInfo).port });

    const socket = net.connect({ port: accelerator.port, host: accelerator.host, allowHalfOpen: true });
    socket.end('GET');
    let received = 0;
    for await (const chunk of socket) received += (chunk as Buffer).length;

    expect(received).toBe(answer.length);
  });
});

describe('fifty accelerators', () => {
  it('live side by side, each with its own group and data plane', async () => {
    const { standIn, client } = await startWithPair();

    const added = await Promise.all(Array.from({ length: 50 }, (_, index) => addPair(standIn, `pair-${index}`)));
    await Promise.all(added.map(({ groupArns: [arn = ''] }) => client.send(removal(arn, siteB))));

    expect(new Set(added.map(({ port }) => port)).size).toBe(50);
    expect(new Set(added.flatMap(({ groupArns }) => groupArns)).size).toBe(50);
    expect(standIn.journal.of('RemoveEndpoints')).toHaveLength(50);
    const left = standIn.snapshot().accelerators.slice(1);
    expect(left.every(({ listeners }) => listeners[0]?.groups[0]?.endpoints.length === 1)).toBe(true);
  });
});
