import type { SiteTag } from '../../domain/readiness/site-tags';
import type { SiteTagsGateway } from '../../gateways/ports';
import type { FakeWorld } from './fake-world';

/** The tags of the load balancers of a fake world: right ones, unless told otherwise. */
export function fakeSiteTags(world: FakeWorld): SiteTagsGateway {
  return {
    async readSiteTags(signal) {
      const tag = (site: string): SiteTag =>
        signal.aborted ? { unknown: 'not answered in time' } : (world.siteTags.get(site) ?? { site });
      return Object.fromEntries(world.sites.map((site) => [site, tag(site)]));
    },
  };
}
