import type { EndpointConfiguration, GlobalAcceleratorClientConfig } from '@aws-sdk/client-global-accelerator';
import { OperatingFailure } from '../../domain/failure-types';
import type { EndpointGroup } from '../../domain/observation';
import type { EndpointSettings, SiteName } from '../../domain/site-pair';
import type { ClockGateway, TrafficGateway } from '../ports';
import { toEndpointGroup, type LoadBalancers } from './answers';
import { createCalls } from './calls';
import { TopologyFinder } from './topology';

export interface GlobalAcceleratorOptions {
  /** One of the two; not needed where the endpoint groups are configured. */
  accelerator: { arn?: string; dnsName?: string };
  /** The pair's groups, where they must not be searched for. */
  endpointGroupArns?: readonly string[];
  /** ARN of each site's load balancer: this is how an endpoint is told to be a site's. */
  loadBalancers: LoadBalancers;
  clock: () => number;
  /** Settings of the SDK's client; the region is fixed. */
  client?: GlobalAcceleratorClientConfig;
}

export interface GlobalAcceleratorGateway extends TrafficGateway {
  clock: ClockGateway;
  close(): void;
}

/** RFC 9110, "Date": whole seconds, of which the rest is cut off. */
const dateResolutionMs = 1_000;
const lookForGroupsEveryMs = 60_000;
const lookAgainForGroupsEveryMs = 10_000;

/**
 * Global Accelerator as the pair's traffic director. Endpoints are removed and added one at a time and never by
 * UpdateEndpointGroup: that replaces the whole list, so it can lose a concurrent change (API reference).
 * Repeats are safe: what is refused because it is so already is found out by a read, and is success.
 */
export function createGlobalAcceleratorGateway(options: GlobalAcceleratorOptions): GlobalAcceleratorGateway {
  const { loadBalancers, accelerator, endpointGroupArns, clock } = options;
  const calls = createCalls(options.client);
  const topology = new TopologyFinder({
    calls,
    accelerator,
    endpointGroupArns,
    loadBalancerArns: Object.values(loadBalancers),
    clock,
  });

  const readGroup = async (groupArn: string, signal: AbortSignal): Promise<EndpointGroup> =>
    toEndpointGroup(await calls.describeGroup(groupArn, signal), loadBalancers);

  const holds = async (groupArn: string, site: SiteName, signal: AbortSignal): Promise<boolean> =>
    (await readGroup(groupArn, signal)).endpoints.some((endpoint) => endpoint.site === site);

  async function readAll(signal: AbortSignal): Promise<readonly EndpointGroup[]> {
    let { groupArns } = await topology.current(signal);
    for (;;) {
      const outcomes = await Promise.allSettled(groupArns.map((arn) => readGroup(arn, signal)));
      const failed = outcomes.findIndex(({ status }) => status === 'rejected');
      if (failed < 0) return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<EndpointGroup>).value);
      const { reason } = outcomes[failed] as { reason: unknown };
      if (!isType(reason, 'TrafficNotFound')) throw reason;
      const changed = await topology.without(groupArns[failed] as string, signal);
      if (!changed) throw reason;
      groupArns = changed.groupArns;
    }
  }

  return {
    async readStatus(signal) {
      const { acceleratorArn } = await topology.current(signal);
      return (await calls.describeAccelerator(acceleratorArn, signal)).Status;
    },

    async readGroups(signal) {
      const groups = await readAll(signal);
      const hollow = groups.some((group) => group.endpoints.every((endpoint) => endpoint.site === undefined));
      topology.refresh(hollow ? lookAgainForGroupsEveryMs : lookForGroupsEveryMs);
      return groups;
    },

    readGroup,

    async removeEndpoint({ groupArn, site }, sending) {
      try {
        await calls.removeEndpoint(groupArn, loadBalancerOf(site, loadBalancers), sending);
      } catch (error) {
        if (!mayBeSoAlready(error) || (await holds(groupArn, site, sending.signal))) throw error;
      }
    },

    async addEndpoint({ groupArn, site, settings }, sending) {
      try {
        await calls.addEndpoint(groupArn, toConfiguration(loadBalancerOf(site, loadBalancers), settings), sending);
      } catch (error) {
        if (!mayBeSoAlready(error) || !(await holds(groupArn, site, sending.signal))) throw error;
      }
    },

    clock: {
      async readTime(signal) {
        const { acceleratorArn } = await topology.current(signal);
        const theirs = Date.parse((await calls.dateAt(acceleratorArn, signal)) ?? '');
        if (Number.isNaN(theirs))
          throw new OperatingFailure('NotObserved', 'The answer tells no time.', { retryable: false });
        return { theirs, resolutionMs: dateResolutionMs };
      },
    },

    close: () => calls.close(),
  };
}

/** Every setting is sent: left out, the defaults differ by kind of load balancer. */
function toConfiguration(endpointId: string, settings: EndpointSettings): EndpointConfiguration {
  return {
    EndpointId: endpointId,
    Weight: settings.weight,
    ClientIPPreservationEnabled: settings.clientIpPreservation,
    ...(settings.attachmentArn && { AttachmentArn: settings.attachmentArn }),
  };
}

function loadBalancerOf(site: SiteName, loadBalancers: LoadBalancers): string {
  const arn = loadBalancers[site];
  if (!arn)
    throw new OperatingFailure('TrafficRejected', `No load balancer is configured for ${site}.`, { retryable: false });
  return arn;
}

/** What Remove- and AddEndpoints answer to a repeat is documented nowhere; each of these has been seen or is plausible. */
function mayBeSoAlready(error: unknown): boolean {
  return isType(error, 'TrafficNotFound') || isType(error, 'TrafficRejected');
}

function isType(error: unknown, type: OperatingFailure['type']): boolean {
  return error instanceof OperatingFailure && error.type === type;
}
