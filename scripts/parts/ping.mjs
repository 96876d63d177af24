import { join } from 'node:path';
import { cacheFolder, fillOnce } from '../support/cache.mjs';
import { canUnpackPackages, systemName, unpackPackages } from '../support/debian.mjs';
import { isExecutable, onPath } from '../support/shell.mjs';

const folder = join(cacheFolder(), `ping-${systemName()}-${process.arch}`);
const places = [join(folder, 'bin', 'ping'), join(folder, 'usr', 'bin', 'ping')];

/** ping, as a sentinel calls it: from PATH, else unpacked from the distribution's package. */
export const ping = {
  title: 'ping',
  version: `of ${systemName()}`,
  sizeMegabytes: 1,
  folder,

  missing() {
    if (ping.locate() || canUnpackPackages()) return [];
    return ['ping is missing: install iputils-ping (here is no apt-get to fetch it with).'];
  },

  locate() {
    const program = onPath('ping') ?? places.find(isExecutable);
    return program && { ping: program };
  },

  install: () => fillOnce(folder, (partial) => unpackPackages(partial, () => ['iputils-ping'])),
};
