import { join } from 'node:path';
import { cacheFolder, fillOnce } from '../support/cache.mjs';
import { canUnpackPackages, systemName, unpackPackages } from '../support/debian.mjs';
import { isExecutable, onPath } from '../support/shell.mjs';

const folder = join(cacheFolder(), `etcd-${systemName()}-${process.arch}`);
const inFolder = { etcd: join(folder, 'usr', 'bin', 'etcd'), etcdctl: join(folder, 'usr', 'bin', 'etcdctl') };

/** etcd, the store of locks, and its command line: from PATH, else unpacked from the distribution's packages. */
export const etcd = {
  title: 'etcd',
  version: `of ${systemName()}`,
  sizeMegabytes: 40,
  folder,

  missing() {
    if (etcd.locate() || canUnpackPackages()) return [];
    return ['etcd is missing: put etcd and etcdctl on PATH (here is no apt-get to fetch them with).'];
  },

  locate() {
    const installed = { etcd: onPath('etcd'), etcdctl: onPath('etcdctl') };
    if (installed.etcd && installed.etcdctl) return installed;
    return Object.values(inFolder).every(isExecutable) ? inFolder : undefined;
  },

  install: () => fillOnce(folder, (partial) => unpackPackages(partial, () => ['etcd-server', 'etcd-client'])),
};
