import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../support/lock.mjs';
import { onPath, projectFolder, runQuietly } from '../support/shell.mjs';

const modules = join(projectFolder, 'node_modules');

/** The clone's npm packages, exactly as package-lock.json names them. */
export const npmPackages = {
  title: 'npm packages',
  version: 'package-lock.json',
  sizeMegabytes: 420,
  folder: modules,

  missing: () => (onPath('npm') ? [] : ['npm is missing: install Node.js with npm.']),

  /** Installed means: the list that npm leaves in node_modules when it has finished names what package-lock.json names. */
  locate() {
    const wanted = packagesOf(join(projectFolder, 'package-lock.json'));
    const installed = packagesOf(join(modules, '.package-lock.json'));
    if (!installed) return undefined;
    const missesOne = Object.entries(wanted).some(([path, { integrity, optional }]) =>
      installed[path] ? installed[path].integrity !== integrity : !optional,
    );
    const hasAnother = Object.keys(installed).some((path) => !wanted[path]);
    return missesOne || hasAnother ? undefined : {};
  },

  async install() {
    await withLock(join(projectFolder, '.lab', 'npm-ci.lock'), async () => {
      if (!npmPackages.locate()) await runQuietly('npm', ['ci', '--no-audit', '--no-fund'], { cwd: projectFolder });
    });
  },
};

/** @returns the packages of a lock file by path, without the project itself; undefined when there is no such file. */
function packagesOf(lockFile) {
  if (!existsSync(lockFile)) return undefined;
  const { '': _project, ...packages } = JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  return packages;
}
