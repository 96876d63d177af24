import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, fillOnce } from '../support/cache.mjs';
import { canUnpackPackages, systemName, unpackPackages } from '../support/debian.mjs';
import { onPath } from '../support/shell.mjs';

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
    if (prometheusAndAlertmanager.locate() || canUnpackPackages()) return [];
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

  install: () =>
    fillOnce(folder, async (partial) => {
      await unpackPackages(partial, () => packages);
      lookForTemplatesInWorkingFolder(join(partial, 'usr', 'bin', 'prometheus-alertmanager'));
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
