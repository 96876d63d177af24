import { namedBy, type LoadBalancer } from '../load-balancers';

const types: Readonly<Record<string, string>> = { net: 'network', app: 'application', gwy: 'gateway' };

/** ELBv2 API reference, LoadBalancer. Zones and network are those of nobody. */
export function loadBalancerShape({ arn, dnsName, state }: LoadBalancer): object {
  const { region, kind, name } = namedBy(arn);
  return {
    LoadBalancerArn: arn,
    DNSName: dnsName,
    CanonicalHostedZoneId: 'Z00000000000000000000',
    CreatedTime: new Date(Date.UTC(2026, 0, 1)),
    LoadBalancerName: name,
    Scheme: 'internet-facing',
    VpcId: 'vpc-00000000000000000',
    State: { Code: state },
    Type: types[kind],
    AvailabilityZones: [{ ZoneName: `${region}a`, SubnetId: 'subnet-00000000000000000', LoadBalancerAddresses: [] }],
    IpAddressType: 'ipv4',
  };
}

/** ELBv2 API reference, TagDescription. */
export function tagDescription({ arn, tags }: LoadBalancer): object {
  return { ResourceArn: arn, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}
