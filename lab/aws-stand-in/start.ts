import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { EndpointHealth } from '../../domain/observation';
import { answerAdmin, isForAdmin, type AdminPages } from './admin';
import { defaultBehaviour, type Behaviour } from './behaviour';
import { answerCall, callInProcess, type CallContext } from './calls';
import { systemClock, type Clock } from './clock';
import { elasticLoadBalancing } from './elastic-load-balancing/elastic-load-balancing';
import { Faults } from './faults';
import { ForeignWriters, type ForeignWriter, type ForeignWriterSpec } from './global-accelerator/foreign-writers';
import { GlobalAccelerator, type SeededAccelerator } from './global-accelerator/global-accelerator';
import { account, type AcceleratorSpec } from './global-accelerator/seed';
import { Journal } from './journal';
import type { LoadBalancerSpec } from './load-balancers';
import type { Members } from './members';
import { play, type Played } from './play';
import { parseScenario, type Scenario } from './scenario';
import { Buckets } from './s3/buckets';
import { s3 } from './s3/s3';
import { SecretsManager } from './secrets-manager';
import { Watchers, type Patience } from './watchers';

export interface AwsStandInOptions {
  /** Where it listens, its data plane too. Default loopback; anything else is for a container of its own. */
  host?: string;
  /** Default: any free one. */
  port?: number;
  /** Default: the system's. */
  clock?: Clock;
  behaviour?: Partial<Behaviour>;
  /** Region in the secrets' ARNs, default eu-west-1. */
  secretsRegion?: string;
  /** Secrets by access key id. Given, signatures are verified and other keys refused; else every key is let in. */
  accessKeys?: Readonly<Record<string, string>>;
}

export type AwsStandIn = Awaited<ReturnType<typeof startAwsStandIn>>;
export type AwsStandInState = ReturnType<AwsStandIn['snapshot']>;

/**
 * Starts Global Accelerator, Elastic Load Balancing, Secrets Manager and S3 of one AWS account on one port, on the wire as
 * the AWS SDKs see them: set AWS_ENDPOINT_URL to `url`.
 */
export async function startAwsStandIn(options: AwsStandInOptions = {}) {
  const host = options.host ?? '127.0.0.1';
  const clock = options.clock ?? systemClock;
  const behaviour: Behaviour = { ...defaultBehaviour, ...options.behaviour };
  const journal = new Journal();
  const faults = new Faults();
  const watchers = new Watchers();
  const globalAccelerator = new GlobalAccelerator({ host, behaviour, clock, changed });
  const secrets = new SecretsManager(clock, { region: options.secretsRegion ?? 'eu-west-1', account });
  const loadBalancing = elasticLoadBalancing(globalAccelerator.loadBalancers);
  const buckets = new Buckets(clock);
  const services = [globalAccelerator.service, loadBalancing, secrets.service, s3(buckets)];
  const { accessKeys } = options;
  const newConnections = new WeakSet<Socket>();
  const context: CallContext = { services, behaviour, clock, faults, journal, accessKeys, newConnections };
  const { accelerators } = globalAccelerator;
  const foreignWriters = new ForeignWriters({ accelerators, clock, call: callAs });

  function changed(): void {
    watchers.changed();
    foreignWriters.look();
  }

  function callAs(userAgent: string, operation: string, input: Members): object {
    const { service } = globalAccelerator;
    return callInProcess({ service, operation, input, userAgent, scope: { region: 'us-west-2' } }, context);
  }

  const snapshot = () => ({
    at: clock.now(),
    accelerators: globalAccelerator.snapshot(),
    loadBalancers: globalAccelerator.loadBalancers.all.map((loadBalancer) => ({ ...loadBalancer })),
    secrets: secrets.snapshot(),
    buckets: buckets.snapshot(),
    faults: faults.armed,
    foreignWriters: foreignWriters.specs,
    behaviour: { ...behaviour },
  });

  const adminPages: AdminPages = {
    'GET journal': () => journal.entries,
    'GET state': snapshot,
    'POST scenario': (body) => play(standIn, parseScenario(body)),
    'POST reset': () => standIn.reset(),
  };
  const server = createServer({ noDelay: true, keepAliveTimeout: 65_000 }, (request, response) => {
    if (isForAdmin(request)) void answerAdmin(request, response, adminPages);
    else void answerCall(request, response, context);
  });
  server.on('connection', (socket: Socket) => newConnections.add(socket));
  server.listen(options.port ?? 0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const standIn = {
    url: `http://${host}:${port}`,
    port,
    journal,
    faults,
    /** May be changed at any time. */
    behaviour,
    secrets,
    buckets,
    snapshot,

    /** Adds a load balancer, or replaces the one of the same ARN: the same endpoint then leads elsewhere. */
    addLoadBalancer(spec: LoadBalancerSpec): void {
      globalAccelerator.healthChecks.watch(globalAccelerator.loadBalancers.add(spec));
    },

    /** Changes tags or state from now on; tags are replaced as a whole. */
    changeLoadBalancer(arn: string, change: Parameters<typeof globalAccelerator.loadBalancers.change>[1]): void {
      globalAccelerator.loadBalancers.change(arn, change);
    },

    /** Adds an accelerator whose endpoints point at load balancers that were added before. */
    addAccelerator(spec: AcceleratorSpec): Promise<SeededAccelerator> {
      return globalAccelerator.add(spec);
    },

    /** Where the data plane leads a connection that is open: by the local port of its client, the endpoint's id. */
    endpointOf(clientPort: number): string | undefined {
      return globalAccelerator.endpointOf(clientPort);
    },

    /** Sets the health of a load balancer's endpoints from now on, or hands it back to probing. */
    setHealth(loadBalancerArn: string, health: EndpointHealth | 'probed'): void {
      globalAccelerator.healthChecks.set(loadBalancerArn, health);
    },

    /** One Global Accelerator call as somebody else makes it: no latency, no fault, but in the journal. Throws an AwsError. */
    callAs,

    /** Lets somebody else see to an endpoint from now on, as a controller does. */
    startForeignWriter(spec: ForeignWriterSpec): ForeignWriter {
      return foreignWriters.start(spec);
    },

    /** Carries a scenario out, as `POST /_stand-in/scenario` does. */
    play: (scenario: Scenario): Promise<Played> => play(standIn, scenario),

    /** Ends all disturbances: faults, foreign writers, and behaviour that was changed. What there is stays as it is. */
    reset(): void {
      foreignWriters.stopAll();
      faults.clear();
      Object.assign(behaviour, defaultBehaviour, options.behaviour);
    },

    /** Waits until the state is such, looking again after every change of it. Fails after `withinMs`. */
    until(holds: (state: ReturnType<typeof snapshot>) => boolean, patience?: Patience) {
      const find = () => {
        const state = snapshot();
        return holds(state) ? state : undefined;
      };
      return watchers.until(find, () => `It is:\n${JSON.stringify(snapshot().accelerators, null, 2)}`, patience);
    },

    /** Ends everything: held calls and waits too. */
    async close(): Promise<void> {
      foreignWriters.stopAll();
      faults.clear();
      watchers.close();
      journal.close();
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await Promise.all([closed, globalAccelerator.close()]);
    },
  };
  return standIn;
}
