/**
 * `node scripts/run.mjs demo [--interactive] [--keep] [--keycloak] | lab [--keycloak] | users | bench | golden | soak [--times N] [--only PATTERN] | test [kind...] [jest arguments...]`
 * Works out what the command needs, says what it will install, installs it, and runs.
 * Promise: with a prerequisite missing, one sentence per prerequisite names what to install, and nothing was changed.
 */
import { join, relative } from 'node:path';
import { demoPlan } from './demo.mjs';
import { labPlan } from './lab.mjs';
import { boto3 } from './parts/boto3.mjs';
import { fenceAgents } from './parts/fence-agents.mjs';
import { etcd } from './parts/etcd.mjs';
import { soak, soakPlan } from './soak.mjs';
import { infinispanServer } from './parts/infinispan.mjs';
import { keycloak } from './parts/keycloak.mjs';
import { npmPackages } from './parts/npm-packages.mjs';
import { ping } from './parts/ping.mjs';
import { postgresql } from './parts/postgresql.mjs';
import { prometheusAndAlertmanager } from './parts/prometheus.mjs';
import { temporalServer, temporalTestServer } from './parts/temporal.mjs';
import { projectFolder, runInOurPlace, runMain, say, Stop } from './support/shell.mjs';
import { rememberTools, toolsFile } from './support/tools-file.mjs';
import { jestArguments, kindsIn, runTests } from './test.mjs';
import { usersPlan } from './users.mjs';

const wholeLab = [npmPackages, temporalServer, infinispanServer, prometheusAndAlertmanager];
const labWithKeycloak = [...wholeLab, postgresql, keycloak];
const workflowServers = [npmPackages, temporalServer, temporalTestServer];
const neededByKind = {
  unit: [npmPackages],
  architecture: [npmPackages],
  replay: [npmPackages],
  workflow: workflowServers,
  contract: [npmPackages, infinispanServer, prometheusAndAlertmanager, boto3, etcd, ping, fenceAgents],
  e2e: [...wholeLab, etcd, ping, fenceAgents],
  keycloak: labWithKeycloak,
};
const kindsThatNeedABuild = ['e2e', 'keycloak'];

const commands = {
  demo: (rest) => labCommand('demo', demoPlan(rest)),
  lab: (rest) => labCommand('main', labPlan(rest)),
  users: (rest) => labCommand('measure-users', usersPlan(rest)),
  bench: (rest) => ({ parts: [npmPackages, temporalServer], run: () => runBenchmarks(rest) }),
  golden: (rest) => ({ parts: workflowServers, run: () => runTests(['workflow'], rest, { SITEWARDEN_RECORD: '1' }) }),
  soak: (rest) => {
    const plan = soakPlan(rest);
    return { ...neededBy(plan.kinds), run: () => soak(plan) };
  },
  test: (rest) => {
    const kinds = kindsIn(rest);
    return { ...neededBy(kinds), run: () => runTests(kinds, jestArguments(rest)) };
  },
};

function labCommand(program, { help, args, withKeycloak }) {
  if (help) return { parts: [], run: () => console.log(help) };
  const parts = withKeycloak ? labWithKeycloak : wholeLab;
  return { parts, build: true, run: () => runLabProgram(program, args) };
}

function neededBy(kinds) {
  return {
    parts: [...new Set(kinds.flatMap((kind) => neededByKind[kind]))],
    build: kinds.some((kind) => kindsThatNeedABuild.includes(kind)),
  };
}

await runMain(async () => {
  const [name, ...rest] = process.argv.slice(2);
  if (!commands[name]) throw new Stop(`usage: run.mjs ${Object.keys(commands).join(' | ')}`, 2);
  const { parts, build, run } = commands[name](rest);
  checkPrerequisites(parts);
  await install(parts.filter((part) => !part.locate()));
  rememberTools(Object.assign({}, ...parts.map((part) => part.locate())));
  process.env.SITEWARDEN_TOOLS = toolsFile;
  if (build) await runInOurPlaceOrStop(join('scripts', 'build.mjs'));
  return run();
});

function checkPrerequisites(parts) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const oldNode = major < 20 || (major === 20 && minor < 19);
  const missing = oldNode ? [`Node.js 20.19 or newer is missing, this is ${process.versions.node}: install it.`] : [];
  missing.push(...parts.flatMap((part) => part.missing()));
  if (missing.length > 0) throw new Stop(missing.join('\n'), 2);
}

async function install(parts) {
  if (parts.length === 0) return;
  say('this needs the following, which will now be installed:');
  for (const part of parts) {
    say(`  ${part.title} (${part.version}), about ${part.sizeMegabytes} MB, to ${part.folder}`);
  }
  await Promise.all(parts.map(installOne));
}

async function installOne(part) {
  const startedAt = performance.now();
  await part.install();
  if (!part.locate()) throw new Stop(`${part.title} was installed to ${part.folder}, but cannot be found there.`);
  say(`${part.title}: installed in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s.`);
}

async function runInOurPlaceOrStop(script) {
  const exitCode = await runInOurPlace(process.execPath, [script], { cwd: projectFolder });
  if (exitCode !== 0) throw new Stop(`${relative(projectFolder, join(projectFolder, script))} failed.`, exitCode);
}

/** Compiled aside: they measure with the tests' simulated sites, and neither belongs into what is shipped. */
async function runBenchmarks(names) {
  const compiler = join('node_modules', 'typescript', 'bin', 'tsc');
  const exitCode = await runInOurPlace(process.execPath, [compiler, '-p', 'tsconfig.bench.json'], {
    cwd: projectFolder,
  });
  if (exitCode !== 0) throw new Stop('the benchmarks could not be compiled.', exitCode);
  return runInOurPlace(process.execPath, ['--expose-gc', join('.lab', 'bench', 'bench', 'main.js'), ...names], {
    cwd: projectFolder,
  });
}

function runLabProgram(name, args) {
  const program = join('dist', 'lab', `${name}.js`);
  return runInOurPlace(process.execPath, ['--enable-source-maps', program, ...args], { cwd: projectFolder });
}
