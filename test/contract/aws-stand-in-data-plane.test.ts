import { once } from 'node:events';
import * as net from 'node:net';
import { UpdateEndpointGroupCommand } from '@aws-sdk/client-global-accelerator';
import { manualClock, startAwsStandIn, type Clock, type SeededAccelerator } from '../../lab/aws-stand-in';
import { addition, closeAll, idsRead, siteA, siteB, closing, start, clientFor, removal } from '../support/aws-account';

afterEach(closeAll);

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

  async function startWithSites({ weights = [128, 128], clock }: { weights?: number[]; clock?: Clock } = {}) {
    const standIn = await start({ clock });
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

  it('follows the control plane after the lag that was set, change by change', async () => {
    const clock = manualClock();
    const { standIn, accelerator, groupArn, client } = await startWithSites({ clock });
    standIn.behaviour.dataPlaneLagMs = 1_000;

    await client.send(removal(groupArn, siteB));
    const read = await idsRead(client, groupArn);
    clock.advance(999);
    const lagging = await sitesOf(accelerator, 4);
    await client.send(addition(groupArn, { EndpointId: siteB }));
    clock.advance(1);
    const followed = await sitesOf(accelerator, 4);
    clock.advance(999);
    standIn.setHealth(siteA, 'UNHEALTHY');

    expect(read).toEqual([siteA]);
    expect(lagging).toEqual({ 'site-a': 2, 'site-b': 2 });
    expect(followed).toEqual({ 'site-a': 4, 'site-b': 0 });
    expect(await sitesOf(accelerator, 4)).toEqual({ 'site-a': 0, 'site-b': 4 });
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

  it('tells by the port of its client where an open flow leads, and forgets it when it ends', async () => {
    const { standIn, accelerator } = await startWithSites({ weights: [255, 1] });
    const { socket } = await flow(accelerator);
    const port = socket.localPort ?? 0;

    const leadsTo = standIn.endpointOf(port);
    socket.destroy();
    await standIn.until(({ accelerators }) => accelerators[0]?.listeners[0]?.flows[siteA]?.open === 0);

    expect([leadsTo, standIn.endpointOf(port)]).toEqual([siteA, undefined]);
  });

  it('fails open over all groups, whatever their dials', async () => {
    const { standIn } = await startWithSites();
    const accelerator = await standIn.addAccelerator({
      name: 'two groups',
      listeners: [
        {
          groups: [
            { region: 'eu-west-1', dial: 0, endpoints: [{ endpointId: siteA, weight: 0 }] },
            { region: 'eu-central-1', endpoints: [{ endpointId: siteB }] },
          ],
        },
      ],
    });

    standIn.setHealth(siteB, 'UNHEALTHY');

    expect(await sitesOf(accelerator, 4)).toEqual({ 'site-a': 2, 'site-b': 2 });
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
