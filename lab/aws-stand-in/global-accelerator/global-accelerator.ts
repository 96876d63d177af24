import type { Behaviour } from '../behaviour';
import type { Clock } from '../clock';
import { LoadBalancers } from '../load-balancers';
import { jsonProtocol } from '../protocols/json';
import type { Service } from '../service';
import { DataPlane } from './data-plane';
import { Deployments } from './deployments';
import { HealthChecks } from './health-checks';
import { mutationOperations } from './mutations';
import { ReadReplica } from './read-replica';
import { readOperations } from './reads';
import { acceleratorOf, type AcceleratorSpec } from './seed';
import { Accelerators, endpointNow, type ListenerState } from './state';

export interface SeededListener {
  arn: string;
  /** Where the local listener that stands for it accepts connections. */
  host: string;
  port: number;
  groups: { arn: string; region: string }[];
}

export interface SeededAccelerator {
  arn: string;
  name: string;
  dnsName: string;
  dualStackDnsName: string | undefined;
  listeners: SeededListener[];
  /** Of all its listeners, in order. */
  groupArns: string[];
  /** The first listener's local address. */
  host: string;
  port: number;
}

/** Global Accelerator of one account: its API, its health checks and its data plane. */
export class GlobalAccelerator {
  readonly service: Service;
  readonly healthChecks: HealthChecks;
  readonly accelerators = new Accelerators();
  private readonly deployments: Deployments;
  private readonly readReplica: ReadReplica;
  private readonly dataPlane: DataPlane;

  constructor(
    private readonly context: { host: string; behaviour: Behaviour; clock: Clock; changed: () => void },
    readonly loadBalancers = new LoadBalancers(),
  ) {
    const { host, behaviour, clock, changed } = context;
    const { accelerators } = this;
    this.deployments = new Deployments(clock, behaviour, changed);
    this.readReplica = new ReadReplica(accelerators, clock, behaviour);
    this.healthChecks = new HealthChecks({ accelerators, loadBalancers, behaviour, clock, changed });
    this.dataPlane = new DataPlane({ host, loadBalancers, behaviour, changed });
    const mutations = mutationOperations({
      accelerators,
      loadBalancers,
      behaviour,
      change: (accelerator, make) => {
        this.readReplica.remember(accelerator);
        make();
        this.deployments.begin(accelerator);
        this.healthChecks.settle();
        changed();
      },
    });
    this.service = {
      name: 'globalaccelerator',
      protocol: jsonProtocol('GlobalAccelerator_V20180706'),
      onlyRegion: 'us-west-2',
      operations: { ...readOperations((input) => this.readReplica.seenBy(input), loadBalancers), ...mutations },
      errors: {
        accessDenied: ['AccessDeniedException', 403],
        throttled: ['ThrottlingException', 400],
        internal: ['InternalServiceErrorException', 500],
        badSignature: ['InvalidSignatureException', 403],
        unknownKey: ['UnrecognizedClientException', 403],
      },
      endpointsAfter: ({ EndpointGroupArn: arn }) =>
        accelerators.group(typeof arn === 'string' ? arn : '')?.group.endpoints.map(endpointNow),
    };
  }

  async add(spec: AcceleratorSpec): Promise<SeededAccelerator> {
    const endpoints = spec.listeners.flatMap(({ groups }) => groups).flatMap((group) => group.endpoints);
    for (const { endpointId } of endpoints) this.loadBalancers.get(endpointId);
    const position = this.accelerators.all.length;
    const accelerator = acceleratorOf(spec, { position, now: this.context.clock.now() });
    this.accelerators.all.push(accelerator);
    await Promise.all(
      accelerator.listeners.map((listener, index) => this.dataPlane.serve(listener, spec.listeners[index]?.localPort)),
    );
    this.healthChecks.settle();
    this.context.changed();
    const { arn, name, dnsName, dualStackDnsName } = accelerator;
    const listeners = accelerator.listeners.map((listener) => this.seeded(listener));
    const groupArns = listeners.flatMap(({ groups }) => groups).map((group) => group.arn);
    const { host, port } = listeners[0] ?? { host: this.context.host, port: 0 };
    return { arn, name, dnsName, dualStackDnsName, listeners, groupArns, host, port };
  }

  snapshot() {
    return this.accelerators.all.map(({ arn, name, dnsName, dualStackDnsName, status, listeners }) => ({
      arn,
      name,
      dnsName,
      dualStackDnsName,
      status,
      listeners: listeners.map((listener) => ({
        arn: listener.arn,
        host: this.context.host,
        port: this.dataPlane.portOf(listener.arn),
        flows: this.dataPlane.flowsOf(listener.arn),
        groups: listener.groups.map((group) => ({
          arn: group.arn,
          region: group.region,
          dial: group.dial,
          endpoints: group.endpoints.map(endpointNow),
          inForce: { dial: group.inForce.dial, endpoints: group.inForce.endpoints.map(endpointNow) },
        })),
      })),
    }));
  }

  endpointOf(clientPort: number): string | undefined {
    return this.dataPlane.endpointOf(clientPort);
  }

  async close(): Promise<void> {
    this.deployments.close();
    this.healthChecks.close();
    await this.dataPlane.close();
  }

  private seeded({ arn, groups }: ListenerState): SeededListener {
    const port = this.dataPlane.portOf(arn);
    return {
      arn,
      host: this.context.host,
      port,
      groups: groups.map((group) => ({ arn: group.arn, region: group.region })),
    };
  }
}
