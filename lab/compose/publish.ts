import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * Lets the other containers in: connections to `port` on any address are carried to `localPort` on loopback.
 * The lab's own servers listen on loopback only, whatever they run in; in a container that is nobody's reach.
 */
export async function publish(port: number, localPort: number): Promise<void> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (outer) => {
    const inner = connect({ host: '127.0.0.1', port: localPort, allowHalfOpen: true, noDelay: true });
    outer.on('error', () => inner.resetAndDestroy());
    inner.on('error', () => outer.resetAndDestroy());
    outer.pipe(inner);
    inner.pipe(outer);
  });
  server.listen(port);
  await once(server, 'listening');
}
