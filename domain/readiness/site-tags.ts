import { oneLine } from '../one-line';
import type { SiteName } from '../site-pair';
import type { Finding } from './finding';

/** The tag `site` of a load balancer: its value, that there is none, or why that is not known. */
export type SiteTag = { site: SiteName } | 'untagged' | { unknown: string };

/** None where every load balancer is tagged as configured. Whose one is, the configuration says, and a fence goes by that alone. */
export function siteTagFindings(tags: Readonly<Record<SiteName, SiteTag>>): Finding[] {
  return Object.entries(tags).flatMap(([site, tag]) => findingsOf(site, tag));
}

function findingsOf(site: SiteName, tag: SiteTag): Finding[] {
  const whose = `the load balancer of ${site}`;
  if (tag === 'untagged') {
    const consequence = `nothing confirms that it is ${site}'s: a mixed-up loadBalancer would take the other site out`;
    return [{ what: `${whose} has no tag "site"`, consequence, fix: `tag it site=${site}` }];
  }
  if ('unknown' in tag) {
    const what = `the tag "site" of ${whose} could not be read (${tag.unknown})`;
    const consequence = `nothing confirms that it is ${site}'s; a fence does not need it`;
    return [{ what, consequence, fix: 'permit elasticloadbalancing:DescribeTags, or look again once AWS answers' }];
  }
  if (tag.site === site) return [];
  return [
    {
      what: `${whose} is tagged site=${oneLine(tag.site, 80)}`,
      consequence: 'if the tag is right, a fence takes the wrong site out of traffic',
      fix: 'correct the tag, or loadBalancer in the configuration',
    },
  ];
}
