import { createServer } from 'node:net';
import { once } from 'node:events';
import { createHttpServer, listenAt } from '../../../runtime/http-server';
import { readableLog } from '../../support/log-lines';

describe('listenAt', () => {
  it('says in one sentence that an address is taken, and which setting names another one', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const server = createHttpServer({ logger: readableLog().logger });

    const listening = listenAt(server, { host: '127.0.0.1', port }, 'worker.health.listen');

    await expect(listening).rejects.toThrow(
      `Nothing can listen at 127.0.0.1:${port} (EADDRINUSE): another process listens there; stop it, or write another worker.health.listen.`,
    );
    await server.close();
    other.close();
  });

  it('says of an address of another machine that this one has none such', async () => {
    const server = createHttpServer({ logger: readableLog().logger });

    const listening = listenAt(server, { host: '192.0.2.1', port: 0 }, 'api.listen');

    await expect(listening).rejects.toThrow(
      /^Nothing can listen at 192\.0\.2\.1:0 \(EADDRNOTAVAIL\): this machine has no/,
    );
    await server.close();
  });
});
