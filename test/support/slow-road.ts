import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { DelayedPipe } from '../../lab/delayed-pipe';

/**
 * The way of one process to a server, made as long as a test wants: what the process says can be waited for on it, and the
 * process be ended or frozen before it is heard. What the server says arrives at once.
 */
export class SlowRoad {
  readonly address: string;
  private readonly outward = new Set<DelayedPipe>();
  private readonly sockets = new Set<Socket>();
  private delayMs = 0;
  private lastSaidAt = 0;

  private constructor(
    private readonly server: Server,
    private readonly to: { host: string; port: number },
    port: number,
  ) {
    this.address = `127.0.0.1:${port}`;
    server.on('connection', (from) => this.join(from));
  }

  /** @param options.target `host:port` */
  static async start(options: { target: string; port: number }): Promise<SlowRoad> {
    const [host = '', port] = options.target.split(':');
    const server = createServer();
    server.listen(options.port, '127.0.0.1');
    await once(server, 'listening');
    return new SlowRoad(server, { host, port: Number(port) }, options.port);
  }

  /** From now on what the process says takes this long. */
  slow(delayMs: number): void {
    this.delayMs = delayMs;
    for (const pipe of this.outward) pipe.delayMs = delayMs;
  }

  /** Whether the process said something after `at` (epoch, milliseconds), and the server has not heard it yet. */
  isUnderWaySince(at: number): boolean {
    return this.lastSaidAt > at && [...this.outward].some((pipe) => pipe.isBusy);
  }

  /** Ends the connections that there are, as a network does with those of a machine that stands still. */
  dropConnections(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.server.close();
    this.dropConnections();
  }

  private join(from: Socket): void {
    const to = connect(this.to.port, this.to.host);
    const outward = new DelayedPipe(from, to, this.delayMs);
    new DelayedPipe(to, from, 0);
    this.outward.add(outward);
    from.on('data', () => (this.lastSaidAt = Date.now()));
    const end = () => {
      this.outward.delete(outward);
      for (const socket of [from, to]) {
        socket.destroy();
        this.sockets.delete(socket);
      }
    };
    for (const socket of [from, to]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
    }
  }
}
