/** Programs out of the distribution's packages: unpacked into the cache; nothing gets installed, and no package's script runs. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { sha256OfFile } from './cache.mjs';
import { onPath, outputOf, runQuietly } from './shell.mjs';

export const canUnpackPackages = () => Boolean(onPath('apt-get') && onPath('dpkg-deb'));

/**
 * Downloads the packages, checked by apt's signatures, and unpacks them into `folder`, with a record of their versions
 * and checksums. With package lists of its own: works without root, leaves the system's apt as it is, and never meets an
 * outdated list.
 * @param choose is told how to ask apt by these lists, and names the packages.
 */
export async function unpackPackages(folder, choose) {
  const apt = join(folder, 'apt');
  for (const name of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(apt, name), { recursive: true });
  const settings = [`Dir::State::Lists=${apt}/lists`, `Dir::Cache=${apt}/cache`, ...asOurselves()];
  const options = settings.flatMap((setting) => ['-o', setting]);
  const ask = (program, ...args) => runQuietly(program, ['-q', ...options, ...args], { cwd: apt });
  await ask('apt-get', 'update');
  await ask('apt-get', 'download', ...(await choose(ask)));
  const archives = readdirSync(apt).filter((name) => name.endsWith('.deb'));
  for (const archive of archives) await runQuietly('dpkg-deb', ['-x', join(apt, archive), folder]);
  const records = archives.map((archive) => recordOf(join(apt, archive)));
  writeFileSync(join(folder, 'unpacked.json'), JSON.stringify(records, null, 2));
  rmSync(apt, { recursive: true });
}

/** As root, apt would download as its own user, who cannot write to our folder. */
function asOurselves() {
  return process.getuid() === 0 ? ['APT::Sandbox::User=root'] : [];
}

function recordOf(archive) {
  return {
    archive: basename(archive),
    version: outputOf('dpkg-deb', ['-f', archive, 'Version']),
    sha256: sha256OfFile(archive),
  };
}

/** `debian-12`, `ubuntu-24.04`: these binaries are the distribution's, so its release is their version. */
export function systemName() {
  const file = '/etc/os-release';
  if (!existsSync(file)) return process.platform;
  const value = (name) => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(readFileSync(file, 'utf8'))?.[1];
  return [value('ID'), value('VERSION_ID')].filter(Boolean).join('-');
}
