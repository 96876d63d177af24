import { known, valueOf } from '../observation';
import { oneLine } from '../one-line';
import type { SiteName, SitePair } from '../site-pair';
import type { NotLookedAt, ReadinessFacts, ServerInfo } from './facts';
import { unreadFinding, type Finding } from './finding';

/** Applications that can be asked are of one version, and answer to one name. */
export function applicationFindings(pair: SitePair, { sites }: Pick<ReadinessFacts, 'sites'>): Finding[] | NotLookedAt {
  if (!pair.sites.some((site) => pair.workloads[site] === 'keycloak')) {
    return { notLookedAt: "no site's workload is a Keycloak that can be asked" };
  }
  return serverFindings(pair, sites);
}

function serverFindings(pair: SitePair, sites: ReadinessFacts['sites']): Finding[] {
  const [first, second] = pair.sites;
  const unread = pair.sites.flatMap((site) => {
    const server = sites[site]?.server;
    if (pair.workloads[site] !== 'keycloak' || (server && known(server))) return [];
    return [unreadFinding(`which version and host name the Keycloak of ${site} has`, server)];
  });
  const [one, other] = pair.sites.map((site) => sites[site] && valueOf(sites[site].server));
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
