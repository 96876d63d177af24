/**
 * Builds dist/: all of TypeScript but the tests, and the bundle of the workflows.
 * Promise: a dist/ that this calls up to date was built, whole, from the sources as they are now.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { withLock } from './support/lock.mjs';
import { projectFolder, runInOurPlace, runMain, say, Stop } from './support/shell.mjs';

const dist = join(projectFolder, 'dist');
/** Written last: its presence says that the build before it finished. */
const stamp = join(dist, '.built-from-sha256');
const configurations = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/build.mjs',
];

await runMain(() => withLock(join(projectFolder, '.lab', 'build.lock'), build));

async function build() {
  const inputs = hashOfInputs();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return;
  const startedAt = performance.now();
  rmSync(dist, { recursive: true, force: true });
  await step('tsc', [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json']);
  await step('the bundle of the workflows', [join('dist', 'worker', 'bundle.js')]);
  writeFileSync(stamp, inputs);
  say(`built dist/ in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s.`);
}

async function step(name, args) {
  const exitCode = await runInOurPlace(process.execPath, args, { cwd: projectFolder });
  if (exitCode !== 0) throw new Stop(`the build failed in ${name}.`, exitCode);
}

function hashOfInputs() {
  const { include } = JSON.parse(readFileSync(join(projectFolder, 'tsconfig.json'), 'utf8'));
  const { exclude } = JSON.parse(readFileSync(join(projectFolder, 'tsconfig.build.json'), 'utf8'));
  const folders = include.filter((folder) => !exclude.includes(folder)).map((folder) => join(projectFolder, folder));
  const sources = folders.flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }));
  const files = sources
    .filter((entry) => entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const file of [...configurations.map((name) => join(projectFolder, name)), ...files.sort()]) {
    hash.update(`${relative(projectFolder, file)}\0${readFileSync(file, 'utf8')}\0`);
  }
  return hash.digest('hex');
}
