/** Global Accelerator in front of two sites, without a clock of its own: who is in which group, and who put it there. */
import type { EndpointGroup, EndpointHealth } from '../../domain/observation';
import type { SiteName } from '../../domain/site-pair';
import { seconds, type EpochMs } from '../../domain/time';
import { sites, type SimulatedSite } from './simulated-replication';

type Writer = 'peaceTime' | 'sitewarden' | 'somebodyElse';

interface WorldEndpoint {
  weight: number;
  health: EndpointHealth;
  by: Writer;
  since: EpochMs;
}

interface WorldGroup {
  arn: string;
  dial: number;
  endpoints: Map<SiteName, WorldEndpoint>;
  removedByUs: Set<SiteName>;
}

const freshEndpointChecksMs = seconds(10);

export class SimulatedTraffic {
  readonly groups: readonly WorldGroup[];
  /** A site whose fresh endpoints never become healthy. */
  neverHealthy?: SimulatedSite;

  constructor(
    groups: number,
    private readonly now: () => EpochMs,
  ) {
    this.groups = Array.from({ length: groups }, (_, index) => ({
      arn: `arn:aws:globalaccelerator::111122223333:accelerator/x/listener/y/endpoint-group/${index}`,
      dial: 100,
      endpoints: new Map(sites.map((site) => [site, this.endpoint('peaceTime')])),
      removedByUs: new Set(),
    }));
  }

  read(): EndpointGroup[] {
    return this.groups.map(({ arn, dial, endpoints }) => ({
      arn,
      region: `region-${arn.at(-1)}`,
      dial,
      endpoints: [...endpoints].map(([site, { weight, health }]) => ({
        site,
        endpointId: `arn:${site}`,
        weight,
        health,
        clientIpPreservation: false,
      })),
    }));
  }

  admitted(): readonly SimulatedSite[] {
    return sites.filter((site) => this.groups.some(({ endpoints }) => endpoints.has(site)));
  }

  /** Whether clients reach the site otherwise than by what somebody else did. */
  admittedByOurDoing(site: SiteName): boolean {
    return this.endpointsOf(site).some(({ by }) => by !== 'somebodyElse');
  }

  endpointsOf(site: SiteName): readonly WorldEndpoint[] {
    return this.groups.flatMap(({ endpoints }) => endpoints.get(site) ?? []);
  }

  groupAt(index: number): WorldGroup {
    return this.groups[index % this.groups.length] as WorldGroup;
  }

  groupNamed(groupArn: string): WorldGroup | undefined {
    return this.groups.find(({ arn }) => arn === groupArn);
  }

  add(groupArn: string, site: SiteName): void {
    const group = this.groupNamed(groupArn);
    if (!group || group.endpoints.has(site)) return;
    group.endpoints.set(site, this.endpoint('sitewarden'));
    group.removedByUs.delete(site);
  }

  remove(groupArn: string, site: SiteName): void {
    const group = this.groupNamed(groupArn);
    if (group?.endpoints.delete(site)) group.removedByUs.add(site);
  }

  somebodyAdds(site: SiteName, index: number): void {
    const { endpoints, removedByUs } = this.groupAt(index);
    if (endpoints.has(site)) return;
    endpoints.set(site, this.endpoint('somebodyElse'));
    removedByUs.delete(site);
  }

  /** A fresh endpoint is healthy once its application answers. */
  checkHealth(answers: (site: SimulatedSite) => boolean): void {
    for (const { endpoints } of this.groups)
      for (const [site, endpoint] of endpoints)
        if (endpoint.health === 'INITIAL' && this.now() - endpoint.since > freshEndpointChecksMs)
          endpoint.health = site === this.neverHealthy || !answers(site as SimulatedSite) ? 'UNHEALTHY' : 'HEALTHY';
  }

  calmDown(): void {
    delete this.neverHealthy;
    for (const group of this.groups) {
      group.dial = 100;
      for (const endpoint of group.endpoints.values()) Object.assign(endpoint, { health: 'HEALTHY', weight: 128 });
    }
  }

  private endpoint(by: Writer): WorldEndpoint {
    return { weight: 128, health: by === 'peaceTime' ? 'HEALTHY' : 'INITIAL', by, since: this.now() };
  }
}
