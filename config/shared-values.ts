/** Values that two pairs, or two sites, must not have in common. */
import type { CrossFault } from './cross-checks';
import { list, record, type Loose } from './loose';
import type { Path } from './read-yaml';

export interface Named {
  value: string;
  path: Path;
}

export function groupsOf(pair: Loose, index: number): Named[] {
  const path = ['sitePairs', index, 'traffic', 'globalAccelerator', 'endpointGroups'];
  const groups = list(record(record(pair.traffic).globalAccelerator).endpointGroups);
  return groups.flatMap((group, position) => named(group, [...path, position]));
}

export function infinispansOf(pair: Loose, index: number): Named[] {
  return list(pair.sites).flatMap((site, position) => {
    const url = record(record(site).infinispan).url;
    if (typeof url !== 'string' || !URL.canParse(url)) return [];
    return [{ value: serverOf(new URL(url)), path: ['sitePairs', index, 'sites', position, 'infinispan', 'url'] }];
  });
}

/** By one of the two URLs that a Keycloak is asked at. */
export function keycloaksOf(pair: Loose, index: number, key: string): Named[] {
  return list(pair.sites).flatMap((site, position) => {
    const way = key.split('.');
    const url = way.reduce<unknown>((value, part) => record(value)[part], record(record(site).workload).keycloak);
    if (typeof url !== 'string' || !URL.canParse(url)) return [];
    const path = ['sitePairs', index, 'sites', position, 'workload', 'keycloak', ...way];
    return [{ value: `${serverOf(new URL(url))}${new URL(url).pathname.replace(/\/+$/, '')}`, path }];
  });
}

/** Host and port, however they are written: the same server is the same site. */
function serverOf(url: URL): string {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return `${url.hostname.toLowerCase().replace(/\.$/, '')}:${port}`;
}

export const named = (value: unknown, path: Path): Named[] => (typeof value === 'string' ? [{ value, path }] : []);

/** Each value that an earlier one equals. */
export function shared(values: Named[], said: Omit<CrossFault, 'path'>): CrossFault[] {
  return values
    .filter(({ value }, index) => values.findIndex((other) => other.value === value) < index)
    .map(({ path }) => ({ path, ...said }));
}
