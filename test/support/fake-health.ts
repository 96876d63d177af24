import type { SiteName } from '../../domain/site-pair';
import type { HealthGateway } from '../../gateways/ports';
import { failed } from './fake-faults';
import type { FakeWorld } from './fake-world';

/** A site's health URL in a fake world: it stays 200 in a split, as the real one does. */
export function fakeHealth(world: FakeWorld, site: SiteName): HealthGateway {
  return {
    async probe(signal) {
      await world.faults.strike('probe', site, signal);
      const { up, applicationUp } = world.site(site);
      if (!up) throw failed('HealthUnreachable', `${site} does not answer`);
      return applicationUp ? 200 : 503;
    },
  };
}
