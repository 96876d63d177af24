import type { AcceleratorState, EndpointState, GroupState, ListenerState } from './state';

/** The API reference's shapes, with times as epoch seconds (Smithy, AWS JSON 1.1: timestamps). */
export function acceleratorShape(accelerator: AcceleratorState): object {
  const { ipv4, ipv6 } = accelerator.ipAddresses;
  return {
    AcceleratorArn: accelerator.arn,
    Name: accelerator.name,
    IpAddressType: accelerator.ipAddressType,
    Enabled: accelerator.enabled,
    IpSets: [
      { IpFamily: 'IPv4', IpAddresses: ipv4, IpAddressFamily: 'IPv4' },
      ...(ipv6.length > 0 ? [{ IpFamily: 'IPv6', IpAddresses: ipv6, IpAddressFamily: 'IPv6' }] : []),
    ],
    DnsName: accelerator.dnsName,
    ...(accelerator.dualStackDnsName !== undefined && { DualStackDnsName: accelerator.dualStackDnsName }),
    Status: accelerator.status,
    CreatedTime: accelerator.createdAt / 1_000,
    LastModifiedTime: accelerator.modifiedAt / 1_000,
    Events: [],
  };
}

export function listenerShape(listener: ListenerState): object {
  return {
    ListenerArn: listener.arn,
    PortRanges: listener.ports.map((port) => ({ FromPort: port, ToPort: port })),
    Protocol: 'TCP',
    ClientAffinity: 'NONE',
  };
}

export function groupShape(group: GroupState): object {
  const { port, protocol, path, intervalSeconds, threshold } = group.healthCheck;
  return {
    EndpointGroupArn: group.arn,
    EndpointGroupRegion: group.region,
    EndpointDescriptions: group.endpoints.map(endpointShape),
    TrafficDialPercentage: group.dial,
    HealthCheckPort: port,
    HealthCheckProtocol: protocol,
    HealthCheckPath: path,
    HealthCheckIntervalSeconds: intervalSeconds,
    ThresholdCount: threshold,
    PortOverrides: group.portOverrides,
  };
}

/** HealthReason "returns a null result", and an attachment is never told (API reference, EndpointDescription). */
export function endpointShape(endpoint: EndpointState): object {
  return {
    EndpointId: endpoint.endpointId,
    Weight: endpoint.weight,
    HealthState: endpoint.health,
    HealthReason: null,
    ClientIPPreservationEnabled: endpoint.clientIpPreservation,
  };
}
