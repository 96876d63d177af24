import { UpdateEndpointGroupCommand, type EndpointConfiguration } from '@aws-sdk/client-global-accelerator';
import {
  closeAll,
  arnOf,
  siteA,
  siteB,
  startWithPair,
  removal,
  addition,
  endpointsRead,
  idsRead,
  refusal,
} from '../support/aws-account';

afterEach(closeAll);

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
