/**
 * What would make an incident worse than it has to be, looked for in peace: configuration that loses data without a word,
 * and sites that are not alike. Findings and nothing more: no fence waits for them, and no verdict goes by them.
 */
import { linkOf } from './link';
import { known, readAt, valueOf, type Observation, type Reading } from './observation';
import { oneLine } from './one-line';
import { otherSite, type CacheName, type SiteName, type SitePair } from './site-pair';
import { groupsOrNone, isAdmitted } from './traffic';
import { detachedCaches } from './verdict';

/** How a cache is configured on one site, in Infinispan's words (configuration schema). */
export interface CacheConfiguration {
  transactionMode: TransactionMode;
  /** Its backup to the other site; absent where it has none. */
  backup?: { strategy: BackupStrategy; failurePolicy: BackupFailurePolicy };
}

export type TransactionMode = 'NONE' | 'BATCH' | 'NON_XA' | 'NON_DURABLE_XA' | 'FULL_XA';
export type BackupStrategy = 'SYNC' | 'ASYNC';
export type BackupFailurePolicy = 'FAIL' | 'WARN' | 'IGNORE' | 'CUSTOM';

/** What the application of a site says of itself. */
export interface ServerInfo {
  version: string;
  /** The issuer of its tokens: a URL, made from the host name that it was started with. */
  issuer: string;
}

/** What was read of one site for its readiness. */
export interface SiteReadiness {
  caches: Reading<Readonly<Record<CacheName, CacheConfiguration | 'absent'>>>;
  /** `NotObserved` of an application that is none to ask. */
  server: Reading<ServerInfo>;
}

export type Readiness = Readonly<Record<SiteName, SiteReadiness>>;

/** What was found, what comes of it in an incident, and what to do about it; each a phrase without a full stop. */
export interface Finding {
  what: string;
  consequence: string;
  fix: string;
}

/** In the order in which they should be put right; empty when the pair is ready. What was not read is a finding as well. */
export function readinessFindings(pair: SitePair, observation: Observation, readiness: Readiness): Finding[] {
  return [
    ...pair.sites.flatMap((site) => unreadCaches(observation, site, readiness[site]?.caches)),
    ...pair.sites.flatMap((site) => cacheFindings(pair, site, readiness[site]?.caches)),
    ...pair.sites.flatMap((site) => statusFindings(pair, observation, site)),
    ...serverFindings(pair, readiness),
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

/** Of a site whose replication cannot be read either, that is told already, and is no matter of readiness. */
function unreadCaches(
  observation: Observation,
  site: SiteName,
  caches: SiteReadiness['caches'] | undefined,
): Finding[] {
  if ((caches && known(caches)) || readAt(observation, site, 'backups') === undefined) return [];
  return [unreadFinding(`how the caches of ${site} are configured`, caches)];
}

function cacheFindings(pair: SitePair, site: SiteName, caches: SiteReadiness['caches'] | undefined): Finding[] {
  const peer = otherSite(pair, site);
  if (!caches || !known(caches)) return [];
  return cacheRules.flatMap(({ applies, finding }) => {
    const found = Object.entries(caches.value).filter(([, each]) => applies(each === 'absent' ? undefined : each));
    const names = found.map(([cache]) => cache).sort();
    return names.length === 0 ? [] : [finding({ caches: names.join(', '), site, peer })];
  });
}

/** In peace every backup is online; in an incident one is offline on purpose. */
function statusFindings(pair: SitePair, observation: Observation, site: SiteName): Finding[] {
  const backups = readAt(observation, site, 'backups') ?? {};
  const detached = detachedCaches(observation, site) ?? [];
  if (!isPeace(pair, observation) || detached.length === 0) return [];
  const peer = otherSite(pair, site);
  const said = [...new Set(detached.map((cache) => backups[cache]))].join(' and ');
  const mixed = detached.length < Object.keys(backups).length ? ', the others online (mixed)' : '';
  return [
    {
      what: `${site}, ${detached.join(', ')}: the backup to ${peer} is ${said}${mixed}`,
      consequence: `${peer} is not told what changes at ${site}, while both serve and every health check says 200`,
      fix: `sitewarden fence ${pair.name} --site ${peer} --reason "..." and then sitewarden synchronize ${pair.name} --reason "..." make the sites equal`,
    },
  ];
}

/** Both sites serve and see each other. */
function isPeace(pair: SitePair, observation: Observation): boolean {
  const groups = groupsOrNone(observation);
  return linkOf(pair, observation) === 'whole' && pair.sites.every((site) => isAdmitted(groups, site));
}

function serverFindings(pair: SitePair, readiness: Readiness): Finding[] {
  const [first, second] = pair.sites;
  const unread = pair.sites.flatMap((site) => {
    const server = readiness[site]?.server;
    if (pair.workloads[site] !== 'keycloak' || (server && known(server))) return [];
    return [unreadFinding(`which version and host name the Keycloak of ${site} has`, server)];
  });
  const [one, other] = pair.sites.map((site) => readiness[site] && valueOf(readiness[site].server));
  if (!one || !other) return unread;
  return [
    ...(one.version === other.version ? [] : [versionsDiffer(first, one, second, other)]),
    ...(one.issuer === other.issuer ? [] : [hostNamesDiffer(first, one, second, other)]),
  ];
}

function versionsDiffer(first: SiteName, one: ServerInfo, second: SiteName, other: ServerInfo): Finding {
  return {
    what: `${first} runs Keycloak ${oneLine(one.version, 40)}, ${second} runs ${oneLine(other.version, 40)}`,
    consequence:
      'the sites share one database and replicate their caches, which each version writes in its own way: one may not read what the other wrote',
    fix: 'bring both sites to the same version before anything else',
  };
}

function hostNamesDiffer(first: SiteName, one: ServerInfo, second: SiteName, other: ServerInfo): Finding {
  return {
    what: `${first} issues tokens as ${oneLine(one.issuer)}, ${second} as ${oneLine(other.issuer)}`,
    consequence: 'tokens of one site are refused at the other: whoever is moved by a fence has to log in again',
    fix: 'start both Keycloaks with the same --hostname, the whole URL that clients use',
  };
}

function unreadFinding(what: string, reading: Reading<unknown> | undefined): Finding {
  const why = reading && !known(reading) ? reading.unknown : 'NotObserved';
  return {
    what: `${what} could not be read (${why})`,
    consequence: 'whether something there loses data in a split is not known',
    fix: `docs/errors.md says what ${why} means; then look again`,
  };
}
