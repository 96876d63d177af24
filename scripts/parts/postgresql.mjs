import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, fillOnce } from '../support/cache.mjs';
import { canUnpackPackages, systemName, unpackPackages } from '../support/debian.mjs';
import { isExecutable, onPath, Stop } from '../support/shell.mjs';

/** Where Debian and Ubuntu keep a server, by its major version; not on PATH. */
const servers = join('usr', 'lib', 'postgresql');
const folder = join(cacheFolder(), `postgresql-${systemName()}-${process.arch}`);
/** What a server without its compiler of queries, and without a reader, does not need. */
const unneeded = [join('usr', 'share', 'doc'), join('usr', 'share', 'locale'), join('usr', 'share', 'man')];
/** Of the server's dependencies only libraries are needed, and not the compiler of its queries, which the lab turns off. */
const neededLibrary = /^lib(?!llvm|.*-(dev|perl)$)/;

/** PostgreSQL's server, the database that both Keycloaks share: the installed one, else unpacked from the distribution's packages. */
export const postgresql = {
  title: 'PostgreSQL',
  version: `of ${systemName()}`,
  sizeMegabytes: 20,
  folder,

  missing() {
    const missing = [];
    if (!postgresql.locate() && !canUnpackPackages()) {
      missing.push('PostgreSQL is missing: put postgres and initdb on PATH (here is no apt-get to fetch them with).');
    }
    if (process.getuid() === 0 && !onPath('setpriv')) {
      missing.push('setpriv is missing (PostgreSQL refuses to run as root): install util-linux, or be another user.');
    }
    return missing;
  },

  locate() {
    const installed = serverIn('/') ?? onPathTogether();
    if (installed) return { postgresPrograms: installed, postgresFolder: undefined, postgresLibraries: undefined };
    const postgresPrograms = serverIn(folder);
    if (!postgresPrograms) return undefined;
    return { postgresPrograms, postgresFolder: folder, postgresLibraries: librariesIn(folder) };
  },

  install: () =>
    fillOnce(folder, async (partial) => {
      await unpackPackages(partial, async (ask) => {
        const [, server] = /Depends: (postgresql-\d+)/.exec(await ask('apt-cache', 'depends', 'postgresql')) ?? [];
        if (!server)
          throw new Stop(`${systemName()} has no PostgreSQL server: install one, with postgres and initdb on PATH.`);
        const plan = await ask('apt-get', 'install', '--simulate', '--no-install-recommends', server);
        const absent = [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name);
        return [server, ...absent.filter((name) => neededLibrary.test(name))];
      });
      const bitcode = join(serverIn(partial), '..', 'lib', 'bitcode');
      for (const path of [...unneeded.map((name) => join(partial, name)), bitcode]) {
        rmSync(path, { recursive: true, force: true });
      }
    }),
};

/** @returns the folder of the newest server's programs. */
function serverIn(root) {
  const all = join(root, servers);
  const versions = existsSync(all) ? readdirSync(all).sort((left, right) => Number(right) - Number(left)) : [];
  return versions.map((version) => join(all, version, 'bin')).find(hasBoth);
}

function onPathTogether() {
  const postgres = onPath('postgres');
  return postgres && hasBoth(join(postgres, '..')) ? join(postgres, '..') : undefined;
}

function hasBoth(programs) {
  return isExecutable(join(programs, 'postgres')) && isExecutable(join(programs, 'initdb'));
}

/** Debian's own folder for this processor: `usr/lib/x86_64-linux-gnu`. */
function librariesIn(root) {
  const all = join(root, 'usr', 'lib');
  const name = readdirSync(all).find((entry) => entry.endsWith('-linux-gnu'));
  return name && join(all, name);
}
