import {
  DescribeAcceleratorCommand,
  GlobalAcceleratorClient,
  ListAcceleratorsCommand,
  ListEndpointGroupsCommand,
  ListListenersCommand,
  paginateListAccelerators,
} from '@aws-sdk/client-global-accelerator';
import {
  closeAll,
  siteA,
  siteB,
  closing,
  clientFor,
  startWithPair,
  addPair,
  removal,
  endpointsRead,
  idsRead,
  refusal,
} from '../support/aws-account';

afterEach(closeAll);

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
