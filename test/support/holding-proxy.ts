import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Stands between a client and a server. What the client says always gets through; answers can be held back. */
export interface HoldingProxy {
  /** `host:port` for the client. */
  address: string;
  hold(): void;
  /** What was held back, and what follows, gets through. */
  release(): void;
  close(): Promise<void>;
}

/** @param target `host:port` of the server. */
export async function startHoldingProxy(target: string): Promise<HoldingProxy> {
  const [host = '', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  const answering = new Set<Socket>();
  let held = false;
  const proxy = createServer((client) => {
    const server = connect(Number(port), host);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        sockets.delete(from);
        answering.delete(from);
        to.destroy();
      });
    }
    client.pipe(server);
    answering.add(server);
    server.on('data', (data: Buffer) => void client.write(data));
    if (held) server.pause();
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    hold: () => {
      held = true;
      for (const server of answering) server.pause();
    },
    release: () => {
      held = false;
      for (const server of answering) server.resume();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
