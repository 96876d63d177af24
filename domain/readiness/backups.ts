import { linkOf, sees } from '../link';
import { readAt, type Observation } from '../observation';
import { otherSite, type SiteName, type SitePair } from '../site-pair';
import { groupsOrNone, isAdmitted } from '../traffic';
import { detachedCaches, unreportedCaches } from '../verdict';
import type { ReadinessFacts } from './facts';
import { unreadFinding, type Finding } from './finding';

const unseen = 'whether the sites replicate to each other is not known';

/** The sites see each other, and every backup is online both ways. */
export function backupFindings(pair: SitePair, { observation }: Pick<ReadinessFacts, 'observation'>): Finding[] {
  return [
    ...pair.sites.flatMap((site) => viewFindings(pair, observation, site)),
    ...pair.sites.flatMap((site) => unreadBackups(pair, observation, site)),
    ...pair.sites.flatMap((site) => unreportedFindings(pair, observation, site)),
    ...detachedInPeace(pair, observation),
  ];
}

/** Backups that are not online though both sites serve and see each other; in an incident one is offline on purpose. */
export function detachedInPeace(pair: SitePair, observation: Observation): Finding[] {
  return pair.sites.flatMap((site) => statusFindings(pair, observation, site));
}

function viewFindings(pair: SitePair, observation: Observation, site: SiteName): Finding[] {
  const peer = otherSite(pair, site);
  const seen = sees(pair, observation, site);
  if (seen === true) return [];
  if (seen === undefined) return [unreadFinding(`whether ${site} sees ${peer}`, observation.sites[site]?.view, unseen)];
  return [
    {
      what: `${site} does not see ${peer}`,
      consequence: 'the sites do not replicate to each other: this is the incident, or what is left of one',
      fix: `sitewarden explain ${pair.name} says what is being done; where no run is open, look at the network between the sites`,
    },
  ];
}

function unreadBackups(pair: SitePair, observation: Observation, site: SiteName): Finding[] {
  const backups = observation.sites[site]?.backups;
  if (readAt(observation, site, 'backups') !== undefined) return [];
  return [unreadFinding(`the status of the backups of ${site} to ${otherSite(pair, site)}`, backups, unseen)];
}

function unreportedFindings(pair: SitePair, observation: Observation, site: SiteName): Finding[] {
  const unreported = unreportedCaches(observation, site, pair.caches);
  if (unreported.length === 0) return [];
  return [
    {
      what: `${site} reports no backup to ${otherSite(pair, site)} for ${unreported.join(', ')}`,
      consequence: `nothing of it is replicated, and no fence detaches what is not there`,
      fix: `give it a backup at ${site}, or take it out of replication.infinispan.caches`,
    },
  ];
}

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
