import { leaseSuffices } from '../domain/lease';
import type { CrossFault } from './cross-checks';
import { isLoopback } from './fields';
import { isPlainHttp, isRecord, isText, list, record, type Loose } from './loose';
import { hasTargets, pingFaults } from './network-checks';
import type { Path } from './read-yaml';

/** What the settings of locks and sentinels say about each other, and about the rest of the file. */
export function lockFaults(root: Loose, pairs: readonly Loose[]): CrossFault[] {
  return [...storeFaults(root), ...pairs.flatMap((pair, index) => pairFaults(root, pair, ['sitePairs', index]))];
}

function storeFaults({ lock }: Loose): CrossFault[] {
  if (!isRecord(lock)) return [];
  const stores = ['etcd', 'file'].filter((store) => store in lock);
  if (stores.length !== 1)
    return [
      {
        path: ['lock'],
        what:
          stores.length === 0 ? 'no store is named' : 'there are two stores: two could give one lock to two holders',
        instead: 'Write either etcd: { endpoints: [<URL>] } or, in a lab, file: { folder: <folder> }.',
      },
    ];
  return isRecord(lock.etcd) ? etcdFaults(lock.etcd) : [];
}

function etcdFaults(etcd: Loose): CrossFault[] {
  const path = ['lock', 'etcd'];
  const faults: CrossFault[] = list(etcd.endpoints).flatMap((url, index) =>
    isPlainHttp(url) && etcd.allowPlaintext !== true && ('credentials' in etcd || !isLocal(url))
      ? {
          path: [...path, 'endpoints', index],
          what: 'this asks the store of locks in clear text',
          instead: 'Use https, or set allowPlaintext: true for a lab.',
        }
      : [],
  );
  if ('certificate' in etcd !== 'key' in etcd)
    faults.push({
      path: [...path, 'certificate' in etcd ? 'certificate' : 'key'],
      what: 'a certificate and its key belong together',
      instead: 'Write both certificate and key, or neither.',
    });
  if ('ca' in etcd && list(etcd.endpoints).every(isPlainHttp))
    faults.push({
      path: [...path, 'ca'],
      what: 'a CA has no use for URLs that are not https',
      instead: 'Use https, or leave the ca out.',
    });
  return faults;
}

const isLocal = (url: unknown): boolean => isText(url) && URL.canParse(url) && isLoopback(new URL(url).host);

function pairFaults(root: Loose, pair: Loose, path: Path): CrossFault[] {
  const sites = list(pair.sites).map(record);
  const locked = sites.map((site) => isRecord(record(site.sentinel).lock));
  return [
    ...('outerLock' in pair ? withoutStore(root, [...path, 'outerLock']) : []),
    ...sites.flatMap((site, index) => sentinelFaults(root, site, [...path, 'sites', index])),
    ...(locked.includes(true) && locked.includes(false)
      ? [
          {
            path: [...path, 'sites', locked.indexOf(true), 'sentinel', 'lock'],
            what: 'the other site has no sentinel with a lock, so its application would run whoever holds it',
            instead: 'Write sentinel: { lock: {} } in both sites, or in neither.',
          },
        ]
      : []),
  ];
}

function withoutStore(root: Loose, path: Path): CrossFault[] {
  if ('lock' in root) return [];
  return [{ path, what: 'nothing says where locks are kept', instead: 'Add lock: { etcd: { endpoints: [<URL>] } }.' }];
}

function sentinelFaults(root: Loose, site: Loose, path: Path): CrossFault[] {
  const { sentinel } = site;
  if (!isRecord(sentinel)) return [];
  const at = [...path, 'sentinel'];
  const { network, lock, onIsolation = 'stop' } = sentinel;
  const faults: CrossFault[] = [];
  if (!hasTargets(record(network)) && !isRecord(lock))
    faults.push({
      path: at,
      what: 'this sentinel has nothing to watch',
      instead: 'Write network: { addresses: [10.0.0.1] } or urls, or a lock; or leave sentinel out.',
    });
  faults.push(...pingFaults(record(network), [...at, 'network']));
  if (onIsolation === 'stop' && !hasCommands(site))
    faults.push({
      path: at,
      what: 'no command stops the application of this site',
      instead:
        'Write workload: { exec: { stop: [...], start: [...] } } (or keycloak) beside it, or onIsolation: lbCheck.',
    });
  if (isRecord(lock)) faults.push(...lockedFaults(root, { lock, onIsolation }, at));
  return faults;
}

function lockedFaults(
  root: Loose,
  { lock, onIsolation }: { lock: Loose; onIsolation: unknown },
  at: Path,
): CrossFault[] {
  const path = [...at, 'lock'];
  if (onIsolation === 'lbCheck')
    return [
      {
        path,
        what: 'an application that is only taken out of traffic runs on without the lock',
        instead: 'Write onIsolation: stop, or leave lock out.',
      },
    ];
  const { leaseSeconds = 30, stopSeconds = 10 } = lock;
  if (
    typeof leaseSeconds === 'number' &&
    typeof stopSeconds === 'number' &&
    !leaseSuffices({ leaseSeconds, stopSeconds })
  )
    return [
      {
        path,
        what: 'the lease is too short: the application could not be stopped before it ends',
        instead: `Write leaseSeconds of at least ${leastLease(stopSeconds)} for a stop of ${stopSeconds} s, or a shorter stop.`,
      },
    ];
  return withoutStore(root, path);
}

function leastLease(stopSeconds: number): number {
  let leaseSeconds = Math.max(10, stopSeconds);
  while (!leaseSuffices({ leaseSeconds, stopSeconds })) leaseSeconds += 1;
  return leaseSeconds;
}

function hasCommands({ workload }: Loose): boolean {
  return isRecord(workload) && ('exec' in workload || 'keycloak' in workload);
}
