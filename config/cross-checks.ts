import { acceleratorAsKeycloakFaults, acceleratorFaults, namesAcceleratorFault } from './accelerator-checks';
import { archiveFaults, gateFaults, workloadFaults } from './decision-checks';
import { deviceFaults } from './device-checks';
import { observerFaults, observerProcessFaults } from './observer-checks';
import { lockFaults } from './lock-checks';
import { isPlainHttp, list, record, type Loose } from './loose';
import { alertmanagerFaults, placementFaults } from './readiness-checks';
import { heuristicsFaults, unreachableQuorumFault } from './quorum-checks';
import type { Path } from './read-yaml';
import { groupsOf, infinispansOf, keycloaksOf, named, shared } from './shared-values';
import { webhookFaults } from './webhook-checks';

/** A fault that shows only when two values are held against each other. */
export interface CrossFault {
  path: Path;
  what: string;
  instead: string;
}

/**
 * What the values say about each other. Reads the file as it was written, so that it finds its faults
 * beside those of the schema; what has not even the right type is left to the schema.
 */
export function crossChecks(data: unknown): CrossFault[] {
  const root = record(data);
  const pairs = list(root.sitePairs).map(record);
  return [
    ...webhookFaults(root),
    ...accessFaults(root, pairs),
    ...alertmanagerFaults(root),
    ...archiveFaults(root),
    ...lockFaults(root, pairs),
    ...observerProcessFaults(root),
    ...pairs.flatMap((pair, index) => pairFaults(root, pair, ['sitePairs', index])),
    ...shared(
      pairs.flatMap((pair, index) => named(pair.name, ['sitePairs', index, 'name'])),
      {
        what: 'another pair has this name',
        instead: 'Give each pair a name of its own; it becomes the id of its run.',
      },
    ),
    ...shared(pairs.flatMap(groupsOf), {
      what: 'this endpoint group already belongs to a pair',
      instead: 'Let each endpoint group belong to one pair: two would move the same endpoints.',
    }),
    ...acceleratorFaults(pairs),
    ...shared(pairs.flatMap(infinispansOf), {
      what: 'another site has this Infinispan',
      instead: 'Give each site of each pair its own URL: one server cannot be two sites.',
    }),
    ...['lbCheck', 'admin.url'].flatMap((key) =>
      shared(
        pairs.flatMap((pair, index) => keycloaksOf(pair, index, key)),
        {
          what: 'another site has this Keycloak',
          instead: "Write the address of the site's own: behind the accelerator's either site could answer.",
        },
      ),
    ),
  ];
}

/** A right for a pair that is misspelt is a right that nobody has. */
function accessFaults({ api }: Loose, pairs: Loose[]): CrossFault[] {
  const known = pairs.map(({ name }) => name);
  return list(record(api).access).flatMap((grant, index) =>
    list(record(grant).pairs).flatMap((pair, position) =>
      typeof pair !== 'string' || known.includes(pair)
        ? []
        : {
            path: ['api', 'access', index, 'pairs', position],
            what: 'there is no such pair',
            instead: 'Write the name of a pair, or leave pairs out: then it holds for all.',
          },
    ),
  );
}

function pairFaults(root: Loose, pair: Loose, path: Path): CrossFault[] {
  const sites = list(pair.sites).map(record);
  return [
    ...namesAcceleratorFault(pair, path),
    ...preferredSiteFault(pair, sites, path),
    ...gateFaults(root, pair, path),
    ...unreachableQuorumFault(pair, path),
    ...observerFaults(pair, path),
    ...shared(
      sites.flatMap((site, index) => named(site.name, [...path, 'sites', index, 'name'])),
      {
        what: 'both sites have this name',
        instead: 'Write the site names that Infinispan uses (the relay configuration), one each.',
      },
    ),
    ...shared(
      sites.flatMap((site, index) => named(site.loadBalancer, [...path, 'sites', index, 'loadBalancer'])),
      {
        what: 'both sites have this load balancer',
        instead: 'Write the load balancer of each site; it is how its endpoint is known.',
      },
    ),
    ...deviceFaults(pair, path),
    ...placementFaults(pair, path),
    ...sites.flatMap((site, index) => transportFaults(site, [...path, 'sites', index])),
    ...sites.flatMap((site, index) => workloadFaults(site, [...path, 'sites', index])),
    ...sites.flatMap((site, index) => heuristicsFaults(site, [...path, 'sites', index])),
    ...acceleratorAsKeycloakFaults(pair, path),
  ];
}

function preferredSiteFault(pair: Loose, sites: Loose[], path: Path): CrossFault[] {
  const preferred = record(pair.policy).preferredSite;
  const names = sites.map((site) => site.name).filter((name) => typeof name === 'string');
  if (typeof preferred !== 'string' || names.length !== 2 || names.includes(preferred)) return [];
  return [
    {
      path: [...path, 'policy', 'preferredSite'],
      what: 'this is none of the two sites of the pair',
      instead: `Write ${names.join(' or ')}.`,
    },
  ];
}

function transportFaults(site: Loose, path: Path): CrossFault[] {
  const infinispan = record(site.infinispan);
  const faults: CrossFault[] = [];
  if (isPlainHttp(infinispan.url) && infinispan.allowPlaintext !== true)
    faults.push({
      path: [...path, 'infinispan', 'url'],
      what: 'this sends the admin password in clear text',
      instead: 'Use https, or set allowPlaintext: true for a lab.',
    });
  const unused = 'a CA has no use for a URL that is not https';
  if (isPlainHttp(infinispan.url) && 'ca' in infinispan)
    faults.push({ path: [...path, 'infinispan', 'ca'], what: unused, instead: 'Use https, or leave the ca out.' });
  if ('healthCa' in site && !/^https:/i.test(String(site.health)))
    faults.push({
      path: [...path, 'healthCa'],
      what: unused,
      instead: 'Write health as https, or leave healthCa out.',
    });
  return faults;
}
