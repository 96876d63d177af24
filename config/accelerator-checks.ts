/** How pairs name their accelerators: one name for one accelerator, and no two pairs on the same endpoints. */
import { acceleratorKey } from '../domain/accelerator-name';
import type { CrossFault } from './cross-checks';
import { isRecord, isText, list, record, type Loose } from './loose';
import type { Path } from './read-yaml';

export function namesAcceleratorFault(pair: Loose, path: Path): CrossFault[] {
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

/** How a pair names its accelerator. Without a list of groups it means all groups of it that hold its load balancers. */
interface AcceleratorUse {
  index: number;
  /** Keys by kind of name: two of one kind that differ are two accelerators, two of different kinds may be one. */
  names: Readonly<Record<(typeof kindsOfNames)[number], readonly string[]>>;
  whole: boolean;
  loadBalancers: readonly unknown[];
}

const kindsOfNames = ['dnsName', 'dualStackDnsName', 'arn'] as const;

export function acceleratorFaults(pairs: Loose[]): CrossFault[] {
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

/** Behind the accelerator's name the other site may answer, and be taken for this one. */
export function acceleratorAsKeycloakFaults(pair: Loose, path: Path): CrossFault[] {
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
