import { oneLine } from './one-line';
import type { SiteName } from './site-pair';

/** The tag `site` of a load balancer: its value, that there is none, or why that is not known. */
export type SiteTag = { site: SiteName } | 'untagged' | { unknown: string };

/**
 * What a person should know of the tags, one sentence each; none where every load balancer is tagged as configured.
 * A finding and nothing more: whose a load balancer is, the configuration says, and a fence goes by that alone.
 */
export function siteTagFindings(tags: Readonly<Record<SiteName, SiteTag>>): string[] {
  return Object.entries(tags).flatMap(([site, tag]) => {
    const whose = `the load balancer of ${site}`;
    if (tag === 'untagged')
      return `${whose} has no tag "site", so nothing confirms that it is ${site}'s: tag it site=${site}`;
    if ('unknown' in tag)
      return `the tag "site" of ${whose} could not be read (${tag.unknown}); a fence does not need it`;
    if (tag.site === site) return [];
    return `${whose} is tagged site=${oneLine(tag.site, 80)}: correct the tag, or loadBalancer in the configuration`;
  });
}
