import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** The way of one process to a server. While it is cut nothing passes, and nothing is answered, as behind a firewall that drops. */
export class Road {
  readonly port: number;
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(
    private readonly server: Server,
    private readonly to: { host: string; port: number },
    port: number,
  ) {
    this.port = port;
    server.on('connection', (from) => this.join(from));
  }

  /** @param options.target A URL of the server. */
  static async start(options: { target: string; port: number }): Promise<Road> {
    const { hostname: host, port } = new URL(options.target);
    const server = createServer();
    server.listen(options.port, '127.0.0.1');
    await once(server, 'listening');
    return new Road(server, { host, port: Number(port) }, options.port);
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** What was lost meanwhile stays lost. */
  heal(): void {
    this.isCut = false;
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(from: Socket): void {
    const joined = this.isCut ? [from] : this.forward(from);
    for (const socket of joined) {
      this.sockets.add(socket);
      const end = () => {
        for (const one of joined) {
          one.destroy();
          this.sockets.delete(one);
        }
      };
      socket.on('error', end);
      socket.on('close', end);
    }
  }

  private forward(from: Socket): readonly Socket[] {
    const to = connect(this.to.port, this.to.host);
    from.pipe(to).pipe(from);
    return [from, to];
  }
}
