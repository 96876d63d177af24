import { once } from 'node:events';
import * as http from 'node:http';
import type * as net from 'node:net';
import { UpdateEndpointGroupCommand } from '@aws-sdk/client-global-accelerator';
import { manualClock, type AwsStandIn } from '../../lab/aws-stand-in';
import {
  addPair,
  closeAll,
  arnOf,
  siteA,
  siteB,
  closing,
  start,
  startWithPair,
  removal,
  addition,
  idsRead,
  statusRead,
  refusal,
} from '../support/aws-account';

afterEach(closeAll);

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

describe('Global Accelerator: reads after a change', () => {
  it('show what was before it, for as many reads as said, while changes act on what is', async () => {
    const { standIn, accelerator, groupArn, client } = await startWithPair({ behaviour: { staleReads: 2 } });
    standIn.behaviour.absentEndpoint = 'EndpointNotFoundException';

    await client.send(removal(groupArn, siteB));
    const statuses = [await statusRead(client, accelerator)];
    await expect(client.send(removal(groupArn, siteB))).rejects.toMatchObject({ name: 'EndpointNotFoundException' });
    const ids = [await idsRead(client, groupArn), await idsRead(client, groupArn)];
    statuses.push(await statusRead(client, accelerator));

    expect(ids).toEqual([[siteA, siteB], [siteA]]);
    expect(statuses).toEqual(['DEPLOYED', 'IN_PROGRESS']);
    expect(standIn.journal.of('RemoveEndpoints')[0]).toMatchObject({ endpoints: [{ endpointId: siteA }] });
  });

  it('show the state of so long ago, step by step', async () => {
    const clock = manualClock();
    const { groupArn, client } = await startWithPair({ clock, behaviour: { staleReadMs: 1_000 } });
    const seen: unknown[] = [];
    const look = async () => seen.push(await idsRead(client, groupArn));

    await client.send(removal(groupArn, siteB));
    clock.advance(600);
    await client.send(removal(groupArn, siteA));
    await look();
    clock.advance(400);
    await look();
    clock.advance(600);
    await look();

    expect(seen).toEqual([[siteA, siteB], [siteA], []]);
  });

  it('of another accelerator are not stale, and use up none', async () => {
    const { standIn, groupArn, client } = await startWithPair({ behaviour: { staleReads: 1 } });
    const other = await addPair(standIn, 'other');

    await client.send(removal(groupArn, siteB));

    expect(await idsRead(client, other.groupArns[0] ?? '')).toEqual([siteA, siteB]);
    expect(await idsRead(client, groupArn)).toEqual([siteA, siteB]);
    expect(await idsRead(client, groupArn)).toEqual([siteA]);
  });

  it('are never DEPLOYED before the data plane has followed', async () => {
    const clock = manualClock();
    const behaviour = { deploymentMs: 1_000, dataPlaneLagMs: 5_000 };
    const { accelerator, groupArn, client } = await startWithPair({ clock, behaviour });

    await client.send(removal(groupArn, siteB));
    clock.advance(4_999);
    const before = await statusRead(client, accelerator);
    clock.advance(1);

    expect([before, await statusRead(client, accelerator)]).toEqual(['IN_PROGRESS', 'DEPLOYED']);
  });
});
