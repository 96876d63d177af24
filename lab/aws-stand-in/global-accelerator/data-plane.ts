import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Behaviour } from '../behaviour';
import type { LoadBalancers } from '../load-balancers';
import { Routing } from './routing';
import type { ListenerState } from './state';

/** TCP flows through one listener, by endpoint. */
export interface Flows {
  open: number;
  /** Since the start. */
  total: number;
}

/**
 * The data plane: one local TCP listener for each listener of each accelerator.
 * Every new connection is routed anew; an established flow stays with its endpoint, also after a removal, until one side
 * ends it or it was idle for too long (developer guide, "Idle timeout"). So a removal alone cuts nobody off.
 */
export class DataPlane {
  private readonly routing = new Routing();
  private readonly servers = new Map<string, Server>();
  private readonly sockets = new Set<Socket>();
  private readonly flows = new Map<string, Map<string, Flows>>();
  private readonly endpoints = new Map<number, string>();

  constructor(
    private readonly context: { host: string; loadBalancers: LoadBalancers; behaviour: Behaviour; changed: () => void },
  ) {}

  /** @returns the local port that stands for the listener. */
  async serve(listener: ListenerState, localPort = 0): Promise<number> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.route(client, listener));
    server.listen(localPort, this.context.host);
    await once(server, 'listening');
    this.servers.set(listener.arn, server);
    return this.portOf(listener.arn);
  }

  portOf(listenerArn: string): number {
    return (this.servers.get(listenerArn)?.address() as AddressInfo | undefined)?.port ?? 0;
  }

  flowsOf(listenerArn: string): Record<string, Flows> {
    return Object.fromEntries([...(this.flows.get(listenerArn) ?? [])].map(([id, flows]) => [id, { ...flows }]));
  }

  /** @returns the endpoint to which the open flow from a client's port leads. */
  endpointOf(clientPort: number): string | undefined {
    return this.endpoints.get(clientPort);
  }

  async close(): Promise<void> {
    const closed = [...this.servers.values()].map((server) => once(server.close(), 'close'));
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(closed);
  }

  private route(client: Socket, listener: ListenerState): void {
    const endpoint = this.routing.next(listener);
    const loadBalancer = endpoint && this.context.loadBalancers.find(endpoint.endpointId);
    if (loadBalancer === undefined) {
      client.on('error', () => undefined).resetAndDestroy();
      return;
    }
    const { host, port } = loadBalancer;
    const upstream = connect({ host, port, allowHalfOpen: true, noDelay: true });
    const flows = this.flowsTo(loadBalancer.arn, listener);
    flows.open += 1;
    flows.total += 1;
    upstream.once('close', () => {
      flows.open -= 1;
      this.context.changed();
    });
    const clientPort = client.remotePort ?? 0;
    this.endpoints.set(clientPort, loadBalancer.arn);
    client.once('close', () => this.endpoints.delete(clientPort));
    this.join(client, upstream);
    this.context.changed();
  }

  /** Carries bytes, half-closes and resets across, both ways. */
  private join(client: Socket, upstream: Socket): void {
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(socket);
      socket.setTimeout(this.context.behaviour.idleTimeoutMs, () => socket.destroy());
      socket.on('error', () => other.resetAndDestroy());
      socket.once('close', () => {
        this.sockets.delete(socket);
        // Where this side ended in order, the other one has to deliver what it still holds, and ends by itself.
        if (!other.writableEnded) other.destroy();
      });
      socket.pipe(other);
    }
  }

  private flowsTo(endpointId: string, { arn }: ListenerState): Flows {
    const byEndpoint = this.flows.get(arn) ?? new Map<string, Flows>();
    this.flows.set(arn, byEndpoint);
    const flows = byEndpoint.get(endpointId) ?? { open: 0, total: 0 };
    byEndpoint.set(endpointId, flows);
    return flows;
  }
}
