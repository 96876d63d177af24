import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder, fillOnce, sha256OfFile } from '../support/cache.mjs';
import { onPath, outputOf, runQuietly } from '../support/shell.mjs';

/** Debian calls Alertmanager `prometheus-alertmanager`; the project's own releases call it `alertmanager`. */
const programs = {
  prometheus: ['prometheus'],
  promtool: ['promtool'],
  alertmanager: ['alertmanager', 'prometheus-alertmanager'],
  amtool: ['amtool'],
};
const packages = ['prometheus', 'prometheus-alertmanager'];
/** Where Debian's Alertmanager looks for its templates, without which it does not start. */
const alertmanagerFolder = join('usr', 'share', 'prometheus', 'alertmanager');
const folder = join(cacheFolder(), `prometheus-${systemName()}-${process.arch}`);

/** Prometheus and Alertmanager: from PATH, else unpacked from the distribution's packages; nothing gets installed or started. */
export const prometheusAndAlertmanager = {
  title: 'Prometheus and Alertmanager',
  version: `of ${systemName()}`,
  sizeMegabytes: 136,
  folder,

  missing() {
    if (prometheusAndAlertmanager.locate() || (onPath('apt-get') && onPath('dpkg-deb'))) return [];
    const names = Object.values(programs).map(([name]) => name);
    return [
      `Prometheus and Alertmanager are missing: put ${names.join(', ')} on PATH (here is no apt-get to fetch them with).`,
    ];
  },

  locate() {
    const installed = Object.entries(programs).map(([tool, names]) => [tool, onPath(...names)]);
    if (installed.every(([, path]) => path)) return Object.fromEntries(installed);
    if (!existsSync(folder)) return undefined;
    const unpacked = Object.entries(programs).map(([tool, names]) => [tool, join(folder, 'usr', 'bin', names.at(-1))]);
    return {
      ...Object.fromEntries(unpacked),
      prometheusWebAssets: join(folder, 'usr', 'share', 'prometheus', 'web'),
      alertmanagerFolder: join(folder, alertmanagerFolder),
    };
  },

  /** With package lists of its own: works without root, leaves the system's apt as it is, and never meets an outdated list. */
  install: () =>
    fillOnce(folder, async (partial) => {
      const apt = join(partial, 'apt');
      for (const name of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(apt, name), { recursive: true });
      const options = [`Dir::State::Lists=${apt}/lists`, `Dir::Cache=${apt}/cache`, ...asOurselves()].flatMap((o) => [
        '-o',
        o,
      ]);
      await runQuietly('apt-get', ['-q', ...options, 'update']);
      await runQuietly('apt-get', ['-q', ...options, 'download', ...packages], { cwd: apt });
      const archives = readdirSync(apt).filter((name) => name.endsWith('.deb'));
      for (const archive of archives) await runQuietly('dpkg-deb', ['-x', join(apt, archive), partial]);
      writeFileSync(
        join(partial, 'unpacked.json'),
        JSON.stringify(
          archives.map((a) => recordOf(join(apt, a))),
          null,
          2,
        ),
      );
      lookForTemplatesInWorkingFolder(join(partial, 'usr', 'bin', 'prometheus-alertmanager'));
      rmSync(apt, { recursive: true });
    }),
};

/**
 * The path of the templates is fixed in the program, and nothing of ours belongs into /usr/share. An equally long path
 * that means "the working folder" takes its place; started in `alertmanagerFolder`, the program finds them.
 */
function lookForTemplatesInWorkingFolder(program) {
  const fixed = `/${alertmanagerFolder}`;
  const bytes = readFileSync(program, 'latin1');
  writeFileSync(program, bytes.replaceAll(fixed, `.${'/'.repeat(fixed.length - 1)}`), 'latin1');
  chmodSync(program, 0o755);
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
function systemName() {
  const file = '/etc/os-release';
  if (!existsSync(file)) return process.platform;
  const value = (name) => new RegExp(`^${name}="?([^"\n]*)`, 'm').exec(readFileSync(file, 'utf8'))?.[1];
  return [value('ID'), value('VERSION_ID')].filter(Boolean).join('-');
}
