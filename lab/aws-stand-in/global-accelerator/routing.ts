import type { EndpointState, GroupState, ListenerState, TrafficSettings } from './state';

/**
 * Decides where a new connection goes. Shares are dealt out exactly and in turn, not at random: of the connections that
 * two endpoints of weight 3 and 1 get, every fourth goes to the second one.
 *
 * The order of preference is Global Accelerator's (developer guide, "Endpoint weights", "Traffic dials" and "How Global
 * Accelerator handles unhealthy endpoints"): healthy endpoints of positive weight, group by group as far as the traffic
 * dial admits; the same ignoring the dials; when there is none in any group, any endpoint, whatever its health or weight.
 */
export class Routing {
  private readonly weightCredits = new WeakMap<EndpointState, number>();
  private readonly dialCredits = new WeakMap<GroupState, number>();

  /** @returns undefined only when the listener has no endpoint at all. */
  next({ groups }: ListenerState): EndpointState | undefined {
    const usable = groups.filter(({ inForce }) => usableIn(inForce).length > 0);
    const group = usable.find((candidate) => this.dialAdmits(candidate)) ?? usable[0];
    if (group !== undefined) return this.inTurn(usableIn(group.inForce), ({ weight }) => weight);
    return this.inTurn(
      groups.flatMap(({ inForce }) => inForce.endpoints),
      () => 1,
    );
  }

  private dialAdmits(group: GroupState): boolean {
    const credit = (this.dialCredits.get(group) ?? 0) + group.inForce.dial;
    this.dialCredits.set(group, credit >= 100 ? credit - 100 : credit);
    return credit >= 100;
  }

  private inTurn(endpoints: EndpointState[], weightOf: (endpoint: EndpointState) => number): EndpointState | undefined {
    const total = endpoints.reduce((sum, endpoint) => sum + weightOf(endpoint), 0);
    for (const endpoint of endpoints) this.addCredit(endpoint, weightOf(endpoint));
    const [first, ...others] = endpoints;
    if (first === undefined) return undefined;
    const chosen = others.reduce((best, other) => (this.credit(other) > this.credit(best) ? other : best), first);
    this.addCredit(chosen, -total);
    return chosen;
  }

  private credit(endpoint: EndpointState): number {
    return this.weightCredits.get(endpoint) ?? 0;
  }

  private addCredit(endpoint: EndpointState, amount: number): void {
    this.weightCredits.set(endpoint, this.credit(endpoint) + amount);
  }
}

const usableIn = ({ endpoints }: TrafficSettings) =>
  endpoints.filter(({ health, weight }) => health === 'HEALTHY' && weight > 0);
