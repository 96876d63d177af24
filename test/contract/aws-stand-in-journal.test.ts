import { ListAcceleratorsCommand } from '@aws-sdk/client-global-accelerator';
import {
  closeAll,
  siteA,
  siteB,
  clientFor,
  startWithPair,
  removal,
  addition,
  endpointsRead,
  idsRead,
} from '../support/aws-account';

afterEach(closeAll);

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
