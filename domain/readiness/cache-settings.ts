/**
 * Configuration of caches that loses data without a word, and sites that are not alike.
 */
import { known, readAt } from '../observation';
import { otherSite, type SiteName, type SitePair } from '../site-pair';
import type { CacheConfiguration, ReadinessFacts, SiteReadiness } from './facts';
import { unreadFinding, type Finding } from './finding';

type CacheFacts = Pick<ReadinessFacts, 'observation' | 'sites'>;

/** What could not be read comes first. */
export function cacheCheck(pair: SitePair, { sites }: Pick<CacheFacts, 'sites'>): Finding[] {
  return cacheFindings(pair, sites, pair.sites);
}

/** As `cacheCheck`, but of a site that answers nothing at all, as in an incident, it says nothing more. */
export function cachesOfALook(pair: SitePair, { observation, sites }: CacheFacts): Finding[] {
  const answering = pair.sites.filter((site) => readAt(observation, site, 'backups') !== undefined);
  return cacheFindings(pair, sites, answering);
}

function cacheFindings(pair: SitePair, sites: CacheFacts['sites'], toBeRead: readonly SiteName[]): Finding[] {
  return [
    ...toBeRead.flatMap((site) => unreadCaches(site, sites[site]?.caches)),
    ...pair.sites.flatMap((site) => settingsFindings(pair, site, sites[site]?.caches)),
  ];
}

interface CacheRule {
  /** `undefined`: the site has no such cache. */
  applies: (configuration: CacheConfiguration | undefined) => boolean;
  finding: (about: { caches: string; site: SiteName; peer: SiteName }) => Finding;
}

/** Infinispan documentation, "Cross-site replication"; what NON_XA makes of a refused write was measured (server 16.0). */
const cacheRules: readonly CacheRule[] = [
  {
    applies: (configuration) => configuration === undefined,
    finding: ({ caches, site }) => ({
      what: `${site} has no cache ${caches}, which the configuration names`,
      consequence: 'nothing of it is replicated, and a comparison of the sites is void',
      fix: `create it at ${site}, or take it out of replication.infinispan.caches`,
    }),
  },
  {
    applies: (configuration) => configuration !== undefined && configuration.backup === undefined,
    finding: ({ caches, site, peer }) => ({
      what: `${site}, ${caches}: there is no backup to ${peer}`,
      consequence: `what is written there is at ${site} alone, and gone for users once ${site} is fenced or fails`,
      fix: `add <backup site="${peer}" strategy="SYNC" failure-policy="FAIL"/> at ${site}`,
    }),
  },
  {
    applies: (configuration) => isRefusing(configuration) && configuration?.transactionMode === 'NON_XA',
    finding: ({ caches, site }) => ({
      what: `${site}, ${caches}: transaction mode NON_XA with failure policy FAIL`,
      consequence:
        'in a split Infinispan answers 204 to writes that it does not make: they are lost, and nothing looks broken (a revoked token stays valid, a wrong password is not counted)',
      fix: 'set transaction mode NON_DURABLE_XA; a cache keeps the mode that it was created with, so create it anew',
    }),
  },
  {
    applies: (configuration) => configuration?.backup?.strategy === 'ASYNC',
    finding: ({ caches, site, peer }) => ({
      what: `${site}, ${caches}: the backup to ${peer} is ASYNC`,
      consequence: `a write is answered before ${peer} has it: what is on its way when the link breaks is lost, and nobody is told`,
      fix: `set strategy="SYNC" and failure-policy="FAIL" at ${site}`,
    }),
  },
  {
    applies: (configuration) => configuration?.backup?.strategy === 'SYNC' && !isRefusing(configuration),
    finding: ({ caches, site, peer }) => ({
      what: `${site}, ${caches}: the failure policy of the backup to ${peer} is not FAIL`,
      consequence: `in a split ${site} accepts writes that ${peer} never gets: the sites diverge, and what one of them accepted is discarded`,
      fix: `set failure-policy="FAIL" at ${site}`,
    }),
  },
];

/** A write that the other site did not take is refused here too. */
function isRefusing(configuration: CacheConfiguration | undefined): boolean {
  return configuration?.backup?.strategy === 'SYNC' && configuration.backup.failurePolicy === 'FAIL';
}

function unreadCaches(site: SiteName, caches: SiteReadiness['caches'] | undefined): Finding[] {
  if (caches && known(caches)) return [];
  return [unreadFinding(`how the caches of ${site} are configured`, caches)];
}

function settingsFindings(pair: SitePair, site: SiteName, caches: SiteReadiness['caches'] | undefined): Finding[] {
  const peer = otherSite(pair, site);
  if (!caches || !known(caches)) return [];
  return cacheRules.flatMap(({ applies, finding }) => {
    const found = Object.entries(caches.value).filter(([, each]) => applies(each === 'absent' ? undefined : each));
    const names = found.map(([cache]) => cache).sort();
    return names.length === 0 ? [] : [finding({ caches: names.join(', '), site, peer })];
  });
}
