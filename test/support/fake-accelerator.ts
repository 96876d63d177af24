import type { AcceleratorStatus, Endpoint, EndpointGroup, EndpointHealth } from '../../domain/observation';
import type { EndpointSettings, SiteName } from '../../domain/site-pair';
import type { EpochMs } from '../../domain/time';

export interface FakeGroupOptions {
  region?: string;
  dial?: number;
  /** Sites that this group holds; both unless told otherwise. */
  holds?: readonly SiteName[];
  /** Endpoint ids that belong to neither site; always healthy. */
  others?: readonly string[];
}

interface FakeAcceleratorOptions {
  sites: readonly SiteName[];
  groups: readonly FakeGroupOptions[];
  settings: EndpointSettings;
  /** Whether the site's load balancer would find something to send clients to. */
  serves: (site: SiteName) => boolean;
  clock: () => EpochMs;
}

interface FakeGroup {
  arn: string;
  region: string;
  dial: number;
  others: readonly Endpoint[];
  present: Map<SiteName, EndpointSettings & { addedAt: EpochMs }>;
}

const listenerArn =
  'arn:aws:globalaccelerator::111122223333:accelerator/2d6dd0a4-5c0f-4f0e-a2ce-6a1c2d3e4f50/listener/0123vxyz';

const foreign = { weight: 128, health: 'HEALTHY', clientIpPreservation: false } as const;

/** The load balancer ARN that stands for a site. */
export function loadBalancerArn(site: SiteName): string {
  return `arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/${site}/0123456789abcdef`;
}

/** Endpoint groups with the few habits of Global Accelerator that our rules meet. */
export class FakeAccelerator {
  private readonly all: FakeGroup[];
  private readonly health = new Map<SiteName, EndpointHealth>();
  private changedAt = -Infinity;
  private stale: { groups: readonly EndpointGroup[]; reads: number } = { groups: [], reads: 0 };
  private staleReads = 0;
  /** How long the accelerator stays IN_PROGRESS after a change. */
  deployMs = 0;
  /** How long an added endpoint stays INITIAL. */
  initialMs = 0;

  constructor(private readonly options: FakeAcceleratorOptions) {
    this.all = options.groups.map((group, index) => ({
      arn: `${listenerArn}/endpoint-group/${index + 1}`,
      region: group.region ?? 'eu-west-1',
      dial: group.dial ?? 100,
      others: (group.others ?? []).map((endpointId) => ({ ...foreign, endpointId })),
      present: new Map(
        (group.holds ?? options.sites).map((site) => [site, { ...options.settings, addedAt: -Infinity }]),
      ),
    }));
  }

  /** From now on the first `reads` reads after each change still show what was before (eventual consistency). */
  lagReadsBy(reads: number): void {
    this.staleReads = reads;
  }

  setHealth(site: SiteName, health: EndpointHealth | undefined): void {
    if (health) this.health.set(site, health);
    else this.health.delete(site);
  }

  setWeight(site: SiteName, weight: number): void {
    for (const group of this.all) {
      const endpoint = group.present.get(site);
      if (endpoint) endpoint.weight = weight;
    }
  }

  setDial(groupArn: string, dial: number): void {
    this.group(groupArn).dial = dial;
  }

  has(groupArn: string): boolean {
    return this.all.some((group) => group.arn === groupArn);
  }

  status(): AcceleratorStatus {
    return this.options.clock() - this.changedAt < this.deployMs ? 'IN_PROGRESS' : 'DEPLOYED';
  }

  /** As it is now. */
  groups(): readonly EndpointGroup[] {
    return this.all.map((group) => ({
      arn: group.arn,
      region: group.region,
      dial: group.dial,
      endpoints: [
        ...group.others,
        ...[...group.present].map(([site, { weight, clientIpPreservation, addedAt }]) => ({
          site,
          endpointId: loadBalancerArn(site),
          weight,
          health: this.healthOf(site, addedAt),
          clientIpPreservation,
        })),
      ],
    }));
  }

  /** As a reader is shown it. */
  read(): readonly EndpointGroup[] {
    if (this.stale.reads === 0) return this.groups();
    this.stale.reads -= 1;
    return this.stale.groups;
  }

  remove(groupArn: string, site: SiteName): void {
    this.change(() => this.group(groupArn).present.delete(site));
  }

  /** Adding what is present changes nothing: AddEndpoints cannot modify. */
  add(groupArn: string, site: SiteName, settings: EndpointSettings = this.options.settings): void {
    const { present } = this.group(groupArn);
    if (present.has(site)) return;
    this.change(() => present.set(site, { ...settings, addedAt: this.options.clock() }));
  }

  private change(apply: () => void): void {
    this.stale = { groups: this.groups(), reads: this.staleReads };
    apply();
    this.changedAt = this.options.clock();
  }

  private healthOf(site: SiteName, addedAt: EpochMs): EndpointHealth {
    const told = this.health.get(site);
    if (told) return told;
    if (this.options.clock() - addedAt < this.initialMs) return 'INITIAL';
    return this.options.serves(site) ? 'HEALTHY' : 'UNHEALTHY';
  }

  private group(arn: string): FakeGroup {
    const found = this.all.find((group) => group.arn === arn);
    if (!found) throw new Error(`this accelerator has no group ${arn}`);
    return found;
  }
}
