import { acceleratorKey } from '../domain/accelerator-name';
import { archiveFaults, gateFaults, workloadFaults } from './decision-checks';
import { isLoopback } from './fields';
import { isPlainHttp, isRecord, isText, list, record, type Loose } from './loose';
import type { Path } from './read-yaml';

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
    ...archiveFaults(root),
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

function webhookFaults(root: Loose): CrossFault[] {
  const webhook = root.webhook;
  if (!isRecord(webhook)) return [];
  return [...openWebhookFault(webhook), ...exposedWebhookFault(webhook)];
}

function exposedWebhookFault({ listen, tls, allowPlaintext }: Loose): CrossFault[] {
  if (typeof listen !== 'string' || isLoopback(listen) || isRecord(tls) || allowPlaintext === true) return [];
  return [
    {
      path: ['webhook', 'listen'],
      what: 'this takes the credentials of Alertmanager in clear text from a network',
      instead: 'Add tls: { certificate, key }, or set allowPlaintext: true where a TLS proxy stands before it.',
    },
  ];
}

function openWebhookFault(webhook: Loose): CrossFault[] {
  if ('credentials' in webhook || 'bearer' in webhook) return [];
  return [
    {
      path: ['webhook'],
      what: 'there are neither credentials nor a bearer token',
      instead:
        'Write credentials: { secret: <reference> } or bearer: { secret: <reference> }; an open webhook would let anyone fence.',
    },
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
    ...sites.flatMap((site, index) => transportFaults(site, [...path, 'sites', index])),
    ...sites.flatMap((site, index) => workloadFaults(site, [...path, 'sites', index])),
    ...acceleratorAsKeycloakFaults(pair, path),
  ];
}

function namesAcceleratorFault(pair: Loose, path: Path): CrossFault[] {
  const accelerator = record(pair.traffic).globalAccelerator;
  if (!isRecord(accelerator) || ['dnsName', 'arn', 'endpointGroups'].some((key) => key in accelerator)) return [];
  return [
    {
      path: [...path, 'traffic', 'globalAccelerator'],
      what: 'no accelerator is named',
      instead: 'Write dnsName (the name that alerts carry), arn or endpointGroups; at least one.',
    },
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

/** How a pair names its accelerator. Without a list of groups it means all groups of it that hold its load balancers. */
interface AcceleratorUse {
  index: number;
  /** Keys by kind of name: two of one kind that differ are two accelerators, two of different kinds may be one. */
  names: Readonly<Record<(typeof kindsOfNames)[number], readonly string[]>>;
  whole: boolean;
  loadBalancers: readonly unknown[];
}

const kindsOfNames = ['dnsName', 'dualStackDnsName', 'arn'] as const;

function acceleratorFaults(pairs: Loose[]): CrossFault[] {
  const uses = pairs.map(acceleratorUse);
  return uses.flatMap((use) => {
    const contested = uses.filter((other) => other.index < use.index && (other.whole || use.whole));
    const path = ['sitePairs', use.index, 'traffic', 'globalAccelerator'];
    if (contested.some((other) => sameAccelerator(use, other) === true)) {
      return {
        path,
        what: 'another pair uses the same accelerator, and one of the two does not say which endpoint groups are its own',
        instead: 'List endpointGroups in both pairs, each group in one of them only.',
      };
    }
    if (contested.some((other) => shareLoadBalancer(use, other) && sameAccelerator(use, other) === undefined)) {
      return {
        path,
        what: 'another pair has a load balancer of this one, and names its accelerator in another way, so that nothing tells the two accelerators apart',
        instead: 'Name both by arn, or list endpointGroups in both; or correct loadBalancer.',
      };
    }
    return [];
  });
}

function acceleratorUse(pair: Loose, index: number): AcceleratorUse {
  const { dnsName, arn, endpointGroups } = record(record(pair.traffic).globalAccelerator);
  const groups = list(endpointGroups);
  const isDualStack = isText(dnsName) && /\.dualstack\./i.test(dnsName);
  return {
    index,
    names: {
      dnsName: isDualStack ? [] : keysOf([dnsName]),
      dualStackDnsName: isDualStack ? keysOf([dnsName]) : [],
      arn: keysOf([arn, ...groups]),
    },
    whole: groups.length === 0,
    loadBalancers: list(pair.sites).map((site) => record(site).loadBalancer),
  };
}

const keysOf = (names: readonly unknown[]): string[] => names.filter(isText).map(acceleratorKey);

/** `undefined` where the two are named in different ways: nothing in them tells. */
function sameAccelerator({ names: ones }: AcceleratorUse, { names: others }: AcceleratorUse): boolean | undefined {
  const all = Object.values(others).flat();
  if (Object.values(ones).some((keys) => keys.some((key) => all.includes(key)))) return true;
  const differ = kindsOfNames.some((kind) => ones[kind].length > 0 && others[kind].length > 0);
  return differ ? false : undefined;
}

function shareLoadBalancer(one: AcceleratorUse, other: AcceleratorUse): boolean {
  return one.loadBalancers.some((arn) => isText(arn) && other.loadBalancers.includes(arn));
}

interface Named {
  value: string;
  path: Path;
}

function groupsOf(pair: Loose, index: number): Named[] {
  const path = ['sitePairs', index, 'traffic', 'globalAccelerator', 'endpointGroups'];
  const groups = list(record(record(pair.traffic).globalAccelerator).endpointGroups);
  return groups.flatMap((group, position) => named(group, [...path, position]));
}

function infinispansOf(pair: Loose, index: number): Named[] {
  return list(pair.sites).flatMap((site, position) => {
    const url = record(record(site).infinispan).url;
    if (typeof url !== 'string' || !URL.canParse(url)) return [];
    return [{ value: serverOf(new URL(url)), path: ['sitePairs', index, 'sites', position, 'infinispan', 'url'] }];
  });
}

/** By one of the two URLs that a Keycloak is asked at. */
function keycloaksOf(pair: Loose, index: number, key: string): Named[] {
  return list(pair.sites).flatMap((site, position) => {
    const way = key.split('.');
    const url = way.reduce<unknown>((value, part) => record(value)[part], record(record(site).workload).keycloak);
    if (typeof url !== 'string' || !URL.canParse(url)) return [];
    const path = ['sitePairs', index, 'sites', position, 'workload', 'keycloak', ...way];
    return [{ value: `${serverOf(new URL(url))}${new URL(url).pathname.replace(/\/+$/, '')}`, path }];
  });
}

/** Behind the accelerator's name the other site may answer, and be taken for this one. */
function acceleratorAsKeycloakFaults(pair: Loose, path: Path): CrossFault[] {
  const { dnsName } = record(record(pair.traffic).globalAccelerator);
  if (!isText(dnsName)) return [];
  return list(pair.sites).flatMap((site, index) => {
    const keycloak = record(record(record(site).workload).keycloak);
    const urls: [unknown, Path][] = [
      [keycloak.lbCheck, ['lbCheck']],
      [record(keycloak.admin).url, ['admin', 'url']],
    ];
    return urls.flatMap(([url, key]) =>
      isText(url) && URL.canParse(url) && new URL(url).hostname === dnsName.toLowerCase()
        ? {
            path: [...path, 'sites', index, 'workload', 'keycloak', ...key],
            what: 'this leads to the accelerator, behind which either site may answer',
            instead: "Write the address of this site's own Keycloak.",
          }
        : [],
    );
  });
}

/** Host and port, however they are written: the same server is the same site. */
function serverOf(url: URL): string {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return `${url.hostname.toLowerCase().replace(/\.$/, '')}:${port}`;
}

const named = (value: unknown, path: Path): Named[] => (typeof value === 'string' ? [{ value, path }] : []);

/** Each value that an earlier one equals. */
function shared(values: Named[], said: Omit<CrossFault, 'path'>): CrossFault[] {
  return values
    .filter(({ value }, index) => values.findIndex((other) => other.value === value) < index)
    .map(({ path }) => ({ path, ...said }));
}
