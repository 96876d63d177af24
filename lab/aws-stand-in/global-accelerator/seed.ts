import { createHash } from 'node:crypto';
import type { AcceleratorStatus, EndpointHealth } from '../../../domain/observation';
import type { EpochMs } from '../../../domain/time';
import type { AcceleratorState, EndpointState, GroupState, ListenerState } from './state';

export interface EndpointSpec {
  /** ARN of a load balancer that was added before. */
  endpointId: string;
  /** Default 128. */
  weight?: number;
  clientIpPreservation?: boolean;
  attachmentArn?: string;
  /** Default HEALTHY: a seeded endpoint is one that has been there for long. */
  health?: EndpointHealth;
}

export interface GroupSpec {
  region: string;
  /** Traffic dial, default 100. */
  dial?: number;
  endpoints: EndpointSpec[];
}

export interface ListenerSpec {
  /** Ports on the accelerator's addresses, default 443. */
  ports?: number[];
  /** Port of the local listener that stands for it; default: any free one. */
  localPort?: number;
  groups: GroupSpec[];
}

export interface AcceleratorSpec {
  name: string;
  /** Default `a<16 hex>.awsglobalaccelerator.com`, the same in every run. */
  dnsName?: string;
  dualStackDnsName?: string;
  /** Default DUAL_STACK, as in Keycloak's guide. */
  ipAddressType?: 'IPV4' | 'DUAL_STACK';
  enabled?: boolean;
  status?: AcceleratorStatus;
  listeners: ListenerSpec[];
}

export const account = '123456789012';

/** AWS documents no default; 128 is what its console fills in. */
export const defaultWeight = 128;

/**
 * An accelerator as if it had been created long ago. ARNs and names depend on position and name alone, so that
 * they are the same in every run. Naming: API reference, Accelerator (`DnsName`, `DualStackDnsName`).
 */
export function acceleratorOf(spec: AcceleratorSpec, { position, now }: { position: number; now: EpochMs }) {
  const id = digest(`${position} ${spec.name}`);
  const arn = `arn:aws:globalaccelerator::${account}:accelerator/${uuidOf(id)}`;
  const ipAddressType = spec.ipAddressType ?? 'DUAL_STACK';
  const dualStack = ipAddressType === 'DUAL_STACK';
  // Addresses that belong to nobody: RFC 5737 and RFC 3849.
  const ipv4 = [`192.0.2.${(position % 254) + 1}`, `198.51.100.${(position % 254) + 1}`];
  const ipv6 = dualStack ? [`2001:db8:1::${position + 1}`, `2001:db8:2::${position + 1}`] : [];
  const accelerator: AcceleratorState = {
    arn,
    name: spec.name,
    ipAddressType,
    enabled: spec.enabled ?? true,
    dnsName: spec.dnsName ?? `a${id.slice(0, 16)}.awsglobalaccelerator.com`,
    dualStackDnsName: dualStack
      ? (spec.dualStackDnsName ?? `a${id.slice(16, 32)}.dualstack.awsglobalaccelerator.com`)
      : undefined,
    ipAddresses: { ipv4, ipv6 },
    status: spec.status ?? 'DEPLOYED',
    createdAt: now,
    modifiedAt: now,
    listeners: spec.listeners.map((listener, index) => listenerOf(listener, { acceleratorArn: arn, index })),
  };
  return accelerator;
}

function listenerOf(spec: ListenerSpec, { acceleratorArn, index }: { acceleratorArn: string; index: number }) {
  const arn = `${acceleratorArn}/listener/${digest(`listener ${index} ${acceleratorArn}`).slice(0, 8)}`;
  const ports = spec.ports ?? [443];
  const groups = spec.groups.map((group) => groupOf(group, { listenerArn: arn, port: ports[0] ?? 443 }));
  return { arn, ports, groups } satisfies ListenerState;
}

/** A listener has one endpoint group per region, so the region names it. Health check members: the API's defaults. */
function groupOf(spec: GroupSpec, { listenerArn, port }: { listenerArn: string; port: number }): GroupState {
  const dial = spec.dial ?? 100;
  const endpoints = spec.endpoints.map((endpoint) => endpointOf({ health: 'HEALTHY', ...endpoint }));
  return {
    arn: `${listenerArn}/endpoint-group/${digest(`group ${spec.region} ${listenerArn}`).slice(0, 12)}`,
    region: spec.region,
    dial,
    healthCheck: { port, protocol: 'TCP', path: '/', intervalSeconds: 30, threshold: 3 },
    portOverrides: [],
    endpoints,
    inForce: { dial, endpoints },
  };
}

/** Client IP preservation is on by default for Application Load Balancers only (API reference, EndpointConfiguration). */
export function endpointOf(spec: EndpointSpec): EndpointState {
  const { endpointId, attachmentArn } = spec;
  return {
    endpointId,
    weight: spec.weight ?? defaultWeight,
    clientIpPreservation: spec.clientIpPreservation ?? endpointId.includes(':loadbalancer/app/'),
    ...(attachmentArn !== undefined && { attachmentArn }),
    health: spec.health ?? 'INITIAL',
    contraryResults: 0,
  };
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

const uuidOf = (hex: string) =>
  [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
