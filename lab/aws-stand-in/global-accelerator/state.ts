import type { AcceleratorStatus } from '../../../domain/observation';
import type { EpochMs } from '../../../domain/time';
import type { EndpointNow } from '../service';

/** An endpoint of one endpoint group. */
export interface EndpointState extends EndpointNow {
  /** Probe results in a row that contradict `health`. */
  contraryResults: number;
}

/** What decides where new connections go. */
export interface TrafficSettings {
  /** Traffic dial, 0..100 percent. */
  dial: number;
  endpoints: EndpointState[];
}

/** An endpoint group; members as in the API's EndpointGroup. */
export interface GroupState extends TrafficSettings {
  arn: string;
  region: string;
  healthCheck: {
    port: number;
    protocol: string;
    path: string;
    intervalSeconds: number;
    threshold: number;
  };
  portOverrides: { ListenerPort: number; EndpointPort: number }[];
  /** What the data plane goes by: the control plane's settings of some time ago. */
  inForce: TrafficSettings;
}

export interface ListenerState {
  arn: string;
  ports: readonly number[];
  groups: GroupState[];
}

export interface AcceleratorState {
  arn: string;
  name: string;
  ipAddressType: 'IPV4' | 'DUAL_STACK';
  enabled: boolean;
  dnsName: string;
  dualStackDnsName: string | undefined;
  ipAddresses: { ipv4: string[]; ipv6: string[] };
  status: AcceleratorStatus;
  createdAt: EpochMs;
  modifiedAt: EpochMs;
  listeners: ListenerState[];
}

/** All accelerators of the one account that the stand-in has. */
export class Accelerators {
  constructor(readonly all: AcceleratorState[] = []) {}

  accelerator(arn: string): AcceleratorState | undefined {
    return this.all.find((accelerator) => accelerator.arn === arn);
  }

  listener(arn: string): ListenerState | undefined {
    // An accelerator's ARN is a prefix of its listeners' and endpoint groups' ARNs.
    return this.all
      .find((accelerator) => arn.startsWith(`${accelerator.arn}/`))
      ?.listeners.find((listener) => listener.arn === arn);
  }

  group(arn: string): { group: GroupState; accelerator: AcceleratorState } | undefined {
    const accelerator = this.all.find((candidate) => arn.startsWith(`${candidate.arn}/`));
    const group = accelerator?.listeners.flatMap(({ groups }) => groups).find((candidate) => candidate.arn === arn);
    return accelerator && group && { group, accelerator };
  }

  /** Every endpoint, in any group, that points at this load balancer; those too that only the data plane still has. */
  endpointsAt(loadBalancerArn: string): EndpointState[] {
    const endpoints = this.all
      .flatMap(({ listeners }) => listeners)
      .flatMap(({ groups }) => groups)
      .flatMap((group) => [...group.endpoints, ...group.inForce.endpoints]);
    return [...new Set(endpoints)].filter(({ endpointId }) => endpointId === loadBalancerArn);
  }
}

export function endpointNow(endpoint: EndpointState): EndpointNow {
  const { endpointId, weight, health, clientIpPreservation, attachmentArn } = endpoint;
  return { endpointId, weight, health, clientIpPreservation, ...(attachmentArn && { attachmentArn }) };
}
