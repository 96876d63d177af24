import type { SiteName } from '../../domain/site-pair';
import type { SiteTagsGateway } from '../../gateways/ports';
import { noHurry } from '../support/outcome';

/** The load balancers of site-a and site-b, tagged right. */
export interface SiteTagsTwin {
  gateway: SiteTagsGateway;
  /** Tags the site's load balancer as being of `as`, or takes the tag away. */
  tag(site: SiteName, as: SiteName | undefined): void;
  close(): Promise<void>;
}

/** What every teller of tags does. */
export function siteTagsContract(name: string, start: () => Promise<SiteTagsTwin>): void {
  describe(`site tags: ${name}`, () => {
    let twin: SiteTagsTwin;

    beforeEach(async () => {
      twin = await start();
    });

    afterEach(() => twin.close());

    const read = () => twin.gateway.readSiteTags(noHurry());

    it('tells the tag of each load balancer', async () => {
      await expect(read()).resolves.toEqual({ 'site-a': { site: 'site-a' }, 'site-b': { site: 'site-b' } });
    });

    it('tells a tag that is another one, and a tag that is not there', async () => {
      twin.tag('site-a', 'site-b');
      twin.tag('site-b', undefined);

      await expect(read()).resolves.toEqual({ 'site-a': { site: 'site-b' }, 'site-b': 'untagged' });
    });

    it('tells nothing when the time is up, and does not fail', async () => {
      await expect(twin.gateway.readSiteTags(AbortSignal.abort())).resolves.toEqual({
        'site-a': { unknown: expect.stringContaining('in time') },
        'site-b': { unknown: expect.stringContaining('in time') },
      });
    });
  });
}
