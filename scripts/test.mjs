/** Runs jest: which kinds together, with how many workers, and one closing line over all of them. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder, runInOurPlace } from './support/shell.mjs';

/**
 * Cheap ones first. End to end one file at a time: two labs on two cores make each other's deadlines pass.
 */
const rounds = [
  { kinds: ['unit'], flags: ['--maxWorkers=2'], whole: ['--coverage', '--coverageReporters=text-summary'] },
  { kinds: ['architecture', 'replay'], flags: ['--maxWorkers=2'] },
  { kinds: ['workflow'], flags: ['--maxWorkers=2'] },
  { kinds: ['contract'], flags: ['--maxWorkers=2'] },
  { kinds: ['e2e'], flags: ['--runInBand'] },
  { kinds: ['keycloak'], flags: ['--runInBand'], onlyWhenNamed: true },
];
const allKinds = rounds.flatMap(({ kinds }) => kinds);
const usualKinds = rounds.filter(({ onlyWhenNamed }) => !onlyWhenNamed).flatMap(({ kinds }) => kinds);

/** The kinds that the arguments begin with; without any, the usual ones: all that need no installation of hundreds of megabytes. */
export function kindsIn(rest) {
  const end = rest.findIndex((argument) => !allKinds.includes(argument));
  const named = end === -1 ? rest : rest.slice(0, end);
  return named.length > 0 ? named : usualKinds;
}

/** What follows the kinds goes to jest as it is. */
export function jestArguments(rest) {
  const end = rest.findIndex((argument) => !allKinds.includes(argument));
  return end === -1 ? [] : rest.slice(end).filter((argument, index) => index > 0 || argument !== '--');
}

/** Runs every round even when one fails, so that one run shows all failures. @returns the exit code. */
export async function runTests(kinds, jestArgs, environment = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sitewarden-test-'));
  const total = { passed: 0, failed: 0, skipped: 0 };
  let worst = 0;
  try {
    for (const [index, round] of rounds.entries()) {
      const selected = round.kinds.filter((kind) => kinds.includes(kind));
      if (selected.length === 0) continue;
      const result = join(folder, `${index}.json`);
      const exitCode = await runJest(
        [
          ...['--selectProjects', ...selected, ...round.flags],
          ...['--json', `--outputFile=${result}`],
          // A pattern may match in one round only; that something ran at all is checked at the end.
          // Nor can a part of the tests reach the coverage that all of them owe.
          ...(jestArgs.length > 0 ? ['--passWithNoTests', ...jestArgs] : (round.whole ?? [])),
        ],
        environment,
      );
      add(total, result);
      if (exitCode >= 128) return exitCode;
      worst = Math.max(worst, exitCode);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\ntests: ${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return worst === 0 && total.passed + total.failed === 0 ? 1 : worst;
}

/** jest prints its JSON also to stdout, where nobody wants it: its report for people goes to stderr. */
function runJest(args, environment) {
  return runInOurPlace(join(projectFolder, 'node_modules', '.bin', 'jest'), args, {
    cwd: projectFolder,
    env: { ...process.env, ...environment },
    stdio: ['inherit', 'ignore', 'inherit'],
  });
}

function add(total, resultFile) {
  try {
    const result = JSON.parse(readFileSync(resultFile, 'utf8'));
    total.passed += result.numPassedTests;
    total.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    total.skipped += result.numPendingTests + result.numTodoTests;
  } catch {
    // jest ended before it wrote a result; its exit code says so
  }
}
