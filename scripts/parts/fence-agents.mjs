import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, fillOnce } from '../support/cache.mjs';
import { canUnpackPackages, systemName, unpackPackages } from '../support/debian.mjs';
import { isExecutable } from '../support/shell.mjs';

/** Those that can be driven without hardware: one that drives a file, and one that drives a server over HTTPS. */
const agents = ['fence_dummy', 'fence_redfish'];
/** The agents are written for the distribution's own Python, whatever else is on PATH. */
const python = '/usr/bin/python3';
const installed = '/usr/sbin';
const folder = join(cacheFolder(), `fence-agents-${systemName()}-${process.arch}`);
const unneeded = ['doc', 'locale', 'man', 'lintian'].map((name) => join('usr', 'share', name));
/** Of all that the agents together depend on: what these two import, and its libraries. */
const needed =
  /^(fence-agents.*|lib.*|python3-(pexpect|ptyprocess|pycurl|requests|urllib3|idna|certifi|chardet|charset-normalizer|six))$/;

/** ClusterLabs' fence agents: the installed ones, else unpacked from the distribution's packages. */
export const fenceAgents = {
  title: 'fence agents',
  version: `of ${systemName()}`,
  sizeMegabytes: 6,
  folder,

  missing() {
    const missing = [];
    if (!existsSync(python)) missing.push(`${python} is missing (the fence agents run on it): install python3.`);
    if (!fenceAgents.locate() && !canUnpackPackages()) {
      missing.push(`The fence agents are missing: install fence-agents (here is no apt-get to fetch them with).`);
    }
    return missing;
  },

  locate() {
    if (hasAgents(installed)) return { fenceAgents: installed };
    const unpacked = join(folder, 'bin');
    return hasAgents(unpacked) ? { fenceAgents: unpacked } : undefined;
  },

  install: () =>
    fillOnce(folder, async (partial) => {
      await unpackPackages(partial, async (ask) => {
        const plan = await ask('apt-get', 'install', '--simulate', '--no-install-recommends', 'fence-agents');
        return [...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name).filter((name) => needed.test(name));
      });
      for (const path of unneeded) rmSync(join(partial, path), { recursive: true, force: true });
      mkdirSync(join(partial, 'bin'));
      for (const agent of agents) writeStarter(join(partial, 'bin', agent), agent, librariesIn(partial));
    }),
};

function hasAgents(programs) {
  return agents.every((agent) => isExecutable(join(programs, agent)));
}

/** Starts an unpacked agent with its own modules and libraries; what it reads and prints passes through. */
function writeStarter(file, agent, libraries) {
  const lines = [
    '#!/bin/sh',
    'here=$(dirname "$(dirname "$(readlink -f "$0")")")',
    'export PYTHONPATH="$here/usr/share/fence:$here/usr/lib/python3/dist-packages" PYTHONDONTWRITEBYTECODE=1',
    `export LD_LIBRARY_PATH="$here/${libraries}"`,
    `exec ${python} -tt "$here/usr/sbin/${agent}"`,
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  chmodSync(file, 0o755);
}

/** Debian's own folder for this processor: `usr/lib/x86_64-linux-gnu`; any other where no library was needed. */
function librariesIn(root) {
  const all = join('usr', 'lib');
  const name = readdirSync(join(root, all)).find((entry) => entry.endsWith('-linux-gnu'));
  return join(all, name ?? '.');
}
