import type { EndpointHealth } from '../../domain/observation';

/** A load balancer that an endpoint can point at, and the local service that stands for it. */
export interface LoadBalancerSpec {
  /** `arn:aws:elasticloadbalancing:<region>:<account>:loadbalancer/net/<name>/<id>`. */
  arn: string;
  /** Where connections to it go. */
  host: string;
  port: number;
  /** Probed as a load balancer probes its targets: 200..399 is healthy, a redirect is not followed. */
  healthUrl?: string;
  /** Its endpoints' health instead of probing. Default: probed where there is a health URL, else HEALTHY. */
  health?: EndpointHealth;
  /** Only an active load balancer can be added as an endpoint. Default active. */
  state?: LoadBalancerState;
  /** Default none. */
  tags?: Readonly<Record<string, string>>;
  /** Default `<name>-<id>.elb.<region>.amazonaws.com`, as AWS forms it for Network Load Balancers. */
  dnsName?: string;
  /** The cross-account attachment by which another account shares it: it can be added under this ARN only. */
  attachmentArn?: string;
}

/** ELBv2 API reference, LoadBalancerState: an impaired one is up, but could not be made larger. */
export type LoadBalancerState = 'active' | 'active_impaired' | 'provisioning' | 'failed';

export interface LoadBalancer extends Omit<LoadBalancerSpec, 'health'> {
  health: EndpointHealth | 'probed';
  state: LoadBalancerState;
  tags: Readonly<Record<string, string>>;
  dnsName: string;
}

/** What the ARN says of a load balancer. */
export function namedBy(arn: string): {
  region: string;
  account: string;
  kind: string;
  name: string;
  id: string;
} {
  const [, , , region = '', account = '', resource = ''] = arn.split(':');
  const [, kind = '', name = '', id = ''] = resource.split('/');
  return { region, account, kind, name, id };
}

export class LoadBalancers {
  private readonly byArn = new Map<string, LoadBalancer>();

  add(spec: LoadBalancerSpec): LoadBalancer {
    if (spec.health === undefined && spec.healthUrl !== undefined) new URL(spec.healthUrl);
    const health = spec.health ?? (spec.healthUrl === undefined ? 'HEALTHY' : 'probed');
    const { region, name, id } = namedBy(spec.arn);
    const dnsName = spec.dnsName ?? `${name}-${id}.elb.${region}.amazonaws.com`;
    const loadBalancer: LoadBalancer = {
      ...spec,
      state: spec.state ?? 'active',
      tags: spec.tags ?? {},
      dnsName,
      health,
    };
    this.byArn.set(spec.arn, loadBalancer);
    return loadBalancer;
  }

  /** Changes how the load balancer is described; its endpoints, flows and health go on. */
  change(arn: string, change: Partial<Pick<LoadBalancer, 'state' | 'tags'>>): void {
    Object.assign(this.get(arn), change);
  }

  find(arn: string): LoadBalancer | undefined {
    return this.byArn.get(arn);
  }

  /** Fails for one that was never added: a mistake of the caller in this process, not of a client of AWS. */
  get(arn: string): LoadBalancer {
    const loadBalancer = this.find(arn);
    if (loadBalancer === undefined) throw new Error(`No load balancer ${arn}: call addLoadBalancer first.`);
    return loadBalancer;
  }

  get all(): readonly LoadBalancer[] {
    return [...this.byArn.values()];
  }
}
