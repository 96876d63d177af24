import { lookOf, type NetworkLook, type NetworkProbe } from '../../domain/isolation';
import type { NetworkGateway } from '../../gateways/ports';

/** A network of named targets whose answers a test decides. */
export class FakeNetwork implements NetworkGateway {
  readonly silent = new Set<string>();
  /** What keeps probes from being carried out; empty when nothing does. */
  obstacles: readonly string[] = [];

  constructor(private readonly targets: readonly string[]) {}

  cut(): void {
    for (const target of this.targets) this.silent.add(target);
  }

  heal(): void {
    this.silent.clear();
  }

  async probe(): Promise<readonly NetworkProbe[]> {
    return this.targets.map((target) => {
      if (this.obstacles.length > 0) return { target, outcome: 'notCarriedOut', says: 'as the test asked' };
      const silent = this.silent.has(target);
      return silent ? { target, outcome: 'silent', says: 'as the test asked' } : { target, outcome: 'reached' };
    });
  }

  async readObstacles(): Promise<readonly string[]> {
    return this.obstacles;
  }

  async look(): Promise<NetworkLook> {
    return lookOf(await this.probe());
  }
}
